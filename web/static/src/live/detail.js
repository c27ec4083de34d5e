/** The card of the selected bus: what it is, where it was last heard of, and how long ago. */
import { STATE_NAMES } from "./fleet.js";

export class DetailCard {
  #card;
  #parts = {};
  #fleet;
  #alarms;
  #format;
  #t;
  #now;
  #gradeAge;

  /**
   * @param {object} options
   * @param {HTMLElement} options.card
   * @param {import("./fleet.js").Fleet} options.fleet
   * @param {import("./alarms.js").AlarmPanel} options.alarms
   * @param {ReturnType<import("../shared/format.js").formatter>} options.format
   * @param {(key: string, values?: object) => string} options.t
   * @param {() => number} options.now
   * @param {(ageMs: number) => string} options.gradeAge
   * @param {{close: () => void, follow: (on: boolean) => void, trail: (minutes: number) => void, alarm: (id: string) => void}} options.actions
   */
  constructor({ card, fleet, alarms, format, t, now, gradeAge, actions }) {
    this.#card = card;
    this.#fleet = fleet;
    this.#alarms = alarms;
    this.#format = format;
    this.#t = t;
    this.#now = now;
    this.#gradeAge = gradeAge;
    for (const element of card.querySelectorAll("[data-part]")) this.#parts[element.dataset.part] = element;
    const { close, follow, trail, alarms: alarmList } = this.#parts;
    close.addEventListener("click", actions.close);
    follow.addEventListener("click", () => actions.follow(follow.getAttribute("aria-pressed") !== "true"));
    trail.addEventListener("change", () => actions.trail(Number(trail.querySelector(":checked").value)));
    alarmList.addEventListener("click", (event) => {
      const button = event.target.closest("[data-alarm]");
      if (button) actions.alarm(button.dataset.alarm);
    });
  }

  /** @param {number | null} busId */
  draw(busId, following) {
    const slot = busId === null ? -1 : this.#fleet.slot(busId);
    this.#card.hidden = slot < 0;
    document.documentElement.classList.toggle("has-selection", slot >= 0);
    if (slot < 0) return;
    const bus = this.#fleet.buses[slot];
    const unknown = this.#t("unknown");
    this.#write("plate", bus.plate);
    this.#parts.replay.href = `${this.#parts.replay.dataset.address}${busId}/`;
    this.#write("operator", bus.operator || unknown);
    this.#write("school", bus.school || unknown);
    this.#write("route", bus.route || this.#t("no_route"));
    this.#write("driver", bus.driver || unknown);
    this.#write("device", this.#t(bus.device ? "device_fitted" : "device_missing"));
    this.#drawPosition(slot);
    this.#drawAlarms(busId);
    this.#parts.follow.setAttribute("aria-pressed", String(following));
    this.#parts.follow.disabled = !this.#fleet.hasPosition(slot);
  }

  #drawPosition(slot) {
    const { speedMps, courseDeg, heardMs, timeMs, state } = this.#fleet;
    const seen = this.#fleet.hasPosition(slot);
    const now = this.#now();
    const ageMs = now - heardMs[slot];
    const name = STATE_NAMES[state[slot]];
    this.#card.dataset.state = seen ? name : "never";
    this.#card.dataset.age = this.#gradeAge(ageMs);
    this.#write("state", this.#t(seen ? `state_${name}` : "no_position_yet"));
    this.#write("age", Number.isNaN(ageMs) ? this.#t("never_heard") : this.#t(this.#card.dataset.age === "old" ? "last_seen" : "heard", { ago: this.#format.ago(ageMs) }));
    this.#write("speed", Number.isNaN(speedMps[slot]) ? "–" : String(Math.round(speedMps[slot] * 3.6)));
    this.#write("heading", Number.isNaN(courseDeg[slot]) ? "–" : this.#format.heading(courseDeg[slot]));
    this.#write("time", Number.isNaN(timeMs[slot]) ? "–" : this.#format.time(timeMs[slot], now));
  }

  #drawAlarms(busId) {
    const alarms = this.#alarms.ofBus(busId);
    this.#parts.alarms.hidden = alarms.length === 0;
    const key = alarms.map((alarm) => `${alarm.id}:${alarm.ended}:${alarm.state}`).join();
    if (this.#parts.alarms.dataset.key === key) return;
    this.#parts.alarms.dataset.key = key;
    this.#parts.alarms.querySelector("ul").replaceChildren(...alarms.map((alarm) => this.#alarmItem(alarm)));
  }

  #alarmItem(alarm) {
    const item = document.createElement("li");
    const button = item.appendChild(document.createElement("button"));
    button.type = "button";
    button.className = "link";
    button.dataset.alarm = alarm.id;
    button.textContent = this.#t("alarm_line", {
      kind: [alarm.kind_label, alarm.peak].filter(Boolean).join(" "),
      time: this.#format.time(alarm.started, this.#now()),
    });
    return item;
  }

  #write(part, text) {
    const element = this.#parts[part];
    if (element.textContent !== text) element.textContent = text;
  }
}
