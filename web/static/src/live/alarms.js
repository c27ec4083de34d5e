/** The queue of alarms beside the map: what is pressing first, one chosen, its steps, and a spoken line for screen readers. */

const NEW_FOR_MS = 6000;
const MOST_SHOWN = 200;
const RANK = { record: 0, medium: 1, high: 2, emergency: 3 };

/**
 * @typedef {object} Alarm
 * @property {string | number} id
 * @property {number} bus
 * @property {string} plate
 * @property {string} kind
 * @property {string} kind_label in words
 * @property {"medium" | "high" | "emergency"} severity
 * @property {"new" | "acknowledged" | "assigned" | "resolved"} state
 * @property {string} state_label in words
 * @property {boolean} is_open
 * @property {string} assignee
 * @property {number} version as it was seen: who is slower than somebody else is told so
 * @property {string} url of its page
 * @property {number} started epoch milliseconds
 * @property {number | null} ended
 * @property {string} peak in words, with its unit
 * @property {string} limit in words
 * @property {string} limit_source
 * @property {string} article
 * @property {number | null} lat
 * @property {number | null} lon
 * @property {number} duration_s
 * @property {boolean} live false when it was found in late reports
 */

export class AlarmPanel {
  #panel;
  #list;
  #template;
  #format;
  #t;
  #now;
  #announcer;
  #onArrival;
  #alarms = new Map();
  #items = new Map();
  #chosenId = null;
  #title = document.title;

  /**
   * @param {object} options
   * @param {HTMLElement} options.panel
   * @param {HTMLElement} options.announcer a polite live region
   * @param {ReturnType<import("../shared/format.js").formatter>} options.format
   * @param {(key: string, values?: object) => string} options.t
   * @param {() => number} options.now
   * @param {(alarm: Alarm) => void} options.onChoose
   * @param {(alarm: Alarm) => void} options.onArrival one that has just come
   */
  constructor({ panel, announcer, format, t, now, onChoose, onArrival }) {
    this.#panel = panel;
    this.#list = panel.querySelector("[data-part='list']");
    this.#template = panel.querySelector("template");
    this.#announcer = announcer;
    this.#onArrival = onArrival;
    this.#format = format;
    this.#t = t;
    this.#now = now;
    this.#list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-alarm]");
      if (!button) return;
      this.choose(button.dataset.alarm);
      onChoose(this.get(button.dataset.alarm));
    });
  }

  /** @param {string | number} id @returns {Alarm | undefined} */
  get(id) {
    return this.#alarms.get(String(id));
  }

  /** @param {number} busId @returns {Alarm[]} newest first */
  ofBus(busId) {
    return this.#inOrder().filter((alarm) => alarm.bus === busId);
  }

  /** @returns {Set<number>} buses whose alarm goes on */
  busesOnAlarm() {
    return new Set([...this.#alarms.values()].filter((alarm) => alarm.ended === null).map((alarm) => alarm.bus));
  }

  /** @returns {boolean} whether an emergency waits for somebody to see it */
  get hasUnseenEmergency() {
    return [...this.#alarms.values()].some((alarm) => alarm.severity === "emergency" && alarm.state === "new");
  }

  /** @returns {Alarm | undefined} the one that keys and steps are about */
  get chosen() {
    return this.get(this.#chosenId);
  }

  /** @param {string | number | null} id */
  choose(id) {
    this.#chosenId = id === null ? null : String(id);
    this.draw();
    this.#items.get(this.#chosenId)?.scrollIntoView({ block: "nearest" });
  }

  /** Chooses the next one down the queue, or up. @param {1 | -1} step @returns {Alarm | undefined} */
  move(step) {
    const shown = this.#inOrder();
    if (shown.length === 0) return undefined;
    const at = shown.findIndex((alarm) => String(alarm.id) === this.#chosenId);
    const next = at < 0 ? (step > 0 ? 0 : shown.length - 1) : Math.min(shown.length - 1, Math.max(0, at + step));
    this.choose(shown[next].id);
    return shown[next];
  }

  /** @param {Alarm[]} alarms all there are: the others go */
  replaceAll(alarms) {
    this.#alarms = new Map(alarms.map((alarm) => [String(alarm.id), alarm]));
    this.draw();
  }

  /** @param {Alarm} alarm new or changed */
  put(alarm) {
    const id = String(alarm.id);
    const before = this.#alarms.get(id);
    if (alarm.is_open) this.#alarms.set(id, alarm);
    else this.#alarms.delete(id);
    this.draw();
    const gotWorse = before && before.severity !== alarm.severity && alarm.state === "new";
    if (alarm.is_open && (!before || gotWorse)) this.#welcome(alarm);
  }

  /** Brings the panel up to date; once a second is enough. */
  draw() {
    const shown = this.#inOrder().slice(0, MOST_SHOWN);
    const ids = new Set(shown.map((alarm) => String(alarm.id)));
    for (const [id, item] of this.#items) {
      if (ids.has(id)) continue;
      item.remove();
      this.#items.delete(id);
    }
    shown.forEach((alarm, index) => {
      const item = this.#itemOf(alarm);
      this.#fill(item, alarm);
      if (this.#list.children[index] !== item) this.#list.insertBefore(item, this.#list.children[index] ?? null);
    });
    this.#drawCount();
  }

  #inOrder() {
    const isSeen = (alarm) => Number(alarm.state !== "new");
    return [...this.#alarms.values()].sort(
      (a, b) => RANK[b.severity] - RANK[a.severity] || isSeen(a) - isSeen(b) || b.started - a.started,
    );
  }

  #drawCount() {
    const waiting = [...this.#alarms.values()].filter((alarm) => alarm.state === "new").length;
    document.title = waiting ? `(${waiting}) ${this.#title}` : this.#title;
    for (const badge of document.querySelectorAll("[data-alarm-count]")) {
      badge.textContent = this.#format.count(waiting);
      badge.dataset.going = String(waiting > 0);
    }
    this.#panel.querySelector("[data-part='empty']").hidden = this.#alarms.size > 0;
  }

  #itemOf(alarm) {
    const id = String(alarm.id);
    if (!this.#items.has(id)) {
      const item = this.#template.content.firstElementChild.cloneNode(true);
      item.querySelector("button").dataset.alarm = id;
      this.#items.set(id, item);
    }
    return this.#items.get(id);
  }

  #fill(item, alarm) {
    const now = this.#now();
    const goesOn = alarm.ended === null;
    const lastedMs = goesOn ? now - alarm.started : alarm.duration_s * 1000;
    item.dataset.going = String(goesOn);
    item.dataset.severity = alarm.severity;
    item.dataset.state = alarm.state;
    item.querySelector("[data-part='steps']").hidden = String(alarm.id) !== this.#chosenId;
    item.querySelector("button").setAttribute("aria-pressed", String(String(alarm.id) === this.#chosenId));
    item.querySelector("[data-part='page']").href = alarm.url;
    item.querySelector("[data-step='acknowledge']").hidden = alarm.state !== "new";
    const texts = {
      plate: alarm.plate,
      kind: alarm.kind_label,
      peak: alarm.peak,
      limit: alarm.limit && this.#t(alarm.kind === "speeding" ? "limit" : "limit_of", { speed: alarm.limit, value: alarm.limit }),
      basis: [alarm.limit_source, alarm.article].filter(Boolean).join(" · "),
      time: goesOn
        ? this.#t("since", { time: this.#format.time(alarm.started, now), duration: this.#format.duration(lastedMs) })
        : this.#t("from_to", {
            from: this.#format.time(alarm.started, now), to: this.#format.time(alarm.ended, now), duration: this.#format.duration(lastedMs),
          }),
      status: alarm.assignee || (alarm.state === "new" ? this.#t(goesOn ? "going_on" : alarm.live ? "over" : "found_late") : alarm.state_label),
    };
    for (const [part, text] of Object.entries(texts)) {
      const element = item.querySelector(`[data-part="${part}"]`);
      if (element.textContent !== text) element.textContent = text;
    }
  }

  #welcome(alarm) {
    if (!alarm.live && alarm.severity !== "emergency") return;
    this.#onArrival(alarm);
    const item = this.#itemOf(alarm);
    item.classList.add("is-new");
    setTimeout(() => item.classList.remove("is-new"), NEW_FOR_MS);
    this.#announcer.textContent = this.#t("alarm_spoken", {
      plate: alarm.plate, kind: alarm.kind_label, measured: [alarm.peak, alarm.limit].filter(Boolean).join(" / "),
    });
  }
}
