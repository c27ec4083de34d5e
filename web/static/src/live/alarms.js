/** Alarms as they come: the queue beside the map, its count in the tab's title, and a spoken line for screen readers. */

const NEW_FOR_MS = 6000;
const MOST_SHOWN = 200;

/**
 * @typedef {object} Alarm
 * @property {string | number} id
 * @property {number} bus
 * @property {string} plate
 * @property {string} kind
 * @property {"high" | "medium"} severity
 * @property {number} started epoch milliseconds
 * @property {number | null} ended
 * @property {number} peak_mps
 * @property {number} limit_mps
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
  #alarms = new Map();
  #items = new Map();
  #title = document.title;

  /**
   * @param {object} options
   * @param {HTMLElement} options.panel
   * @param {HTMLElement} options.announcer a polite live region
   * @param {ReturnType<import("../shared/format.js").formatter>} options.format
   * @param {(key: string, values?: object) => string} options.t
   * @param {() => number} options.now
   * @param {(alarm: Alarm) => void} options.onChoose
   */
  constructor({ panel, announcer, format, t, now, onChoose }) {
    this.#panel = panel;
    this.#list = panel.querySelector("[data-part='list']");
    this.#template = panel.querySelector("template");
    this.#announcer = announcer;
    this.#format = format;
    this.#t = t;
    this.#now = now;
    this.#list.addEventListener("click", (event) => {
      const item = event.target.closest("[data-alarm]");
      if (item) onChoose(this.get(item.dataset.alarm));
    });
  }

  /** @param {string | number} id @returns {Alarm | undefined} */
  get(id) {
    return this.#alarms.get(String(id));
  }

  /** @param {number} busId @returns {Alarm[]} newest first */
  ofBus(busId) {
    return this.#newestFirst().filter((alarm) => alarm.bus === busId);
  }

  /** @returns {Set<number>} buses whose alarm goes on */
  busesOnAlarm() {
    return new Set([...this.#alarms.values()].filter((alarm) => alarm.ended === null).map((alarm) => alarm.bus));
  }

  kindOf(alarm) {
    return this.#t(`kind_${alarm.kind}`);
  }

  /** @param {Alarm[]} alarms all there are: the others go */
  replaceAll(alarms) {
    this.#alarms = new Map(alarms.map((alarm) => [String(alarm.id), alarm]));
    this.draw();
  }

  /** @param {Alarm} alarm new or changed */
  put(alarm) {
    const isNew = !this.#alarms.has(String(alarm.id));
    this.#alarms.set(String(alarm.id), alarm);
    this.draw();
    if (isNew) this.#welcome(alarm);
  }

  /** @param {string | number} id found to be no alarm */
  withdraw(id) {
    this.#alarms.delete(String(id));
    this.draw();
  }

  /** Brings the panel up to date; once a second is enough. */
  draw() {
    const shown = this.#newestFirst().slice(0, MOST_SHOWN);
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

  #newestFirst() {
    const isOver = (alarm) => Number(alarm.ended !== null);
    return [...this.#alarms.values()].sort((a, b) => isOver(a) - isOver(b) || b.started - a.started);
  }

  #drawCount() {
    const going = [...this.#alarms.values()].filter((alarm) => alarm.ended === null).length;
    document.title = going ? `(${going}) ${this.#title}` : this.#title;
    for (const badge of document.querySelectorAll("[data-alarm-count]")) {
      badge.textContent = this.#format.count(going);
      badge.dataset.going = String(going > 0);
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
    const texts = {
      plate: alarm.plate,
      kind: this.kindOf(alarm),
      peak: this.#format.speed(alarm.peak_mps),
      limit: this.#t("limit", { speed: this.#format.speed(alarm.limit_mps) }),
      basis: [alarm.limit_source, alarm.article].filter(Boolean).join(" · "),
      time: goesOn
        ? this.#t("since", { time: this.#format.time(alarm.started, now), duration: this.#format.duration(lastedMs) })
        : this.#t("from_to", {
            from: this.#format.time(alarm.started, now), to: this.#format.time(alarm.ended, now), duration: this.#format.duration(lastedMs),
          }),
      status: this.#t(goesOn ? "going_on" : alarm.live ? "over" : "found_late"),
    };
    for (const [part, text] of Object.entries(texts)) {
      const element = item.querySelector(`[data-part="${part}"]`);
      if (element.textContent !== text) element.textContent = text;
    }
  }

  #welcome(alarm) {
    if (!alarm.live) return;
    const item = this.#itemOf(alarm);
    item.classList.add("is-new");
    setTimeout(() => item.classList.remove("is-new"), NEW_FOR_MS);
    this.#announcer.textContent = this.#t("alarm_spoken", {
      plate: alarm.plate, kind: this.kindOf(alarm), speed: this.#format.speed(alarm.peak_mps), limit: this.#format.speed(alarm.limit_mps),
    });
  }
}
