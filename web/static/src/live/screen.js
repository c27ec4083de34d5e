/** What the user looks at: the selected bus, whether it is followed, and one drawing per frame of what changed. */
import { Flag } from "./buslayer.js";

const REORDER_MS = 1000;
const SECOND_MS = 1000;

export class Screen {
  #fleet;
  #filter;
  #alarms;
  #list;
  #controls;
  #detail;
  #liveMap;
  #status;
  #selectedId = null;
  #flags = new Uint8Array(0);
  #onAlarm = new Uint8Array(0);
  #order = new Uint32Array(0);
  #reorderDue = true;
  #reorderedAt = -Infinity;
  #frame = 0;
  #applyMs = 0;

  isFollowing = false;
  /** `applied` rows in all, `frames` drawn, `lastApplyMs` of main-thread time for the last message or messages and their drawing. */
  stats = { applied: 0, frames: 0, lastApplyMs: 0 };

  constructor({ fleet, filter, alarms, list, controls, detail, liveMap, status }) {
    this.#fleet = fleet;
    this.#filter = filter;
    this.#alarms = alarms;
    this.#list = list;
    this.#controls = controls;
    this.#detail = detail;
    this.#liveMap = liveMap;
    this.#status = status;
    setInterval(() => this.#tick(), SECOND_MS);
  }

  /** @param {object} message from the server */
  take(message) {
    const start = performance.now();
    this.#store(message);
    this.#applyMs += performance.now() - start;
    this.#drawSoon();
  }

  #store(message) {
    switch (message.type) {
      case "snapshot":
        this.#fleet.replaceAll(message.buses);
        this.#alarms.replaceAll(message.alarms);
        this.#reorderNow();
        this.#liveMap.reloadTrail();
        break;
      case "delta":
        this.stats.applied += this.#fleet.apply(message.rows);
        this.#liveMap.extendTrail(message.rows);
        break;
      case "alarm":
        this.#alarms.put(message.alarm);
        this.#reorderNow();
        break;
      case "drivers":
        this.#fleet.setDrivers(message.drivers);
        this.#reorderNow();
        break;
      case "bus":
        this.#fleet.put(message.bus);
        this.#reorderNow();
        break;
      case "bus_gone":
        this.#fleet.remove(message.id);
        if (message.id === this.#selectedId) this.select(null);
        this.#reorderNow();
        break;
      default:
        break;
    }
  }

  /** @param {number | null} busId @param {{fly?: boolean}} options */
  select(busId, { fly = false } = {}) {
    if (busId !== this.#selectedId) this.isFollowing = false;
    const changed = busId !== this.#selectedId;
    this.#selectedId = busId;
    this.#list.setSelected(busId, true);
    this.#detail.draw(busId, this.isFollowing);
    if (changed) this.#liveMap.showTrailOf(busId);
    if (fly) this.#liveMap.flyToBus(this.#fleet.slot(busId));
    this.#drawSoon();
  }

  /** @param {boolean} on */
  follow(on) {
    if (this.#selectedId === null || on === this.isFollowing) return;
    this.isFollowing = on;
    if (on) this.#liveMap.flyToBus(this.#fleet.slot(this.#selectedId));
    this.#drawSoon();
  }

  /** @param {number} minutes 0 for none */
  showTrail(minutes) {
    this.#liveMap.setTrailMinutes(minutes);
  }

  /** Goes to the bus while its alarm goes on, and afterwards to where it was worst. @param {import("./alarms.js").Alarm} alarm */
  showAlarm(alarm) {
    const goesOn = alarm.ended === null;
    if (alarm.bus === null) return;
    this.select(alarm.bus, { fly: goesOn || alarm.lon === null });
    if (!goesOn && alarm.lon !== null) this.#liveMap.flyToPlace(alarm.lon, alarm.lat);
  }

  /** Steps back by one: the menu, then the selection, then the filters. */
  escape() {
    if (this.#liveMap.closeChooser()) return;
    if (this.#selectedId !== null) this.select(null);
    else this.#controls.clear();
  }

  refilter() {
    this.#reorderNow();
    this.#drawSoon();
  }

  mapMoved() {
    if (this.#controls.onlyInView) this.#reorderDue = true;
    this.#drawSoon();
  }

  #reorderNow() {
    this.#reorderedAt = -Infinity;
    this.#reorderDue = true;
  }

  #tick() {
    this.#reorderDue = true;
    this.#alarms.draw();
    this.#status.draw();
    this.#drawSoon();
  }

  #drawSoon() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    const start = performance.now();
    this.#frame = 0;
    if (this.#reorderDue && start - this.#reorderedAt >= REORDER_MS) this.#reorder(start);
    else this.#list.draw();
    const selected = this.#selectedId === null ? -1 : this.#fleet.slot(this.#selectedId);
    this.#writeFlags(selected);
    this.#liveMap.draw(this.#flags, this.#order, selected, this.isFollowing);
    this.#detail.draw(this.#selectedId, this.isFollowing);
    this.stats.frames += 1;
    this.stats.lastApplyMs = this.#applyMs + performance.now() - start;
    this.#applyMs = 0;
  }

  #reorder(at) {
    this.#reorderDue = false;
    this.#reorderedAt = at;
    this.#filter.view = this.#controls.onlyInView ? this.#liveMap.view() : null;
    this.#readAlarms();
    this.#order = this.#filter.run(this.#onAlarm);
    this.#list.setOrder(this.#order);
    this.#controls.draw(this.#order.length);
  }

  #readAlarms() {
    if (this.#onAlarm.length < this.#fleet.size) {
      this.#onAlarm = new Uint8Array(this.#fleet.size);
      this.#flags = new Uint8Array(this.#fleet.size);
    }
    this.#onAlarm.fill(0);
    for (const busId of this.#alarms.busesOnAlarm()) {
      const slot = this.#fleet.slot(busId);
      if (slot >= 0) this.#onAlarm[slot] = 1;
    }
  }

  #writeFlags(selected) {
    const dims = this.#filter.isActive;
    for (let slot = 0; slot < this.#fleet.size; slot += 1) {
      let flags = this.#onAlarm[slot] ? Flag.ALARM : 0;
      if (slot === selected) flags |= Flag.SELECTED;
      else if (dims && !this.#filter.matches(slot)) flags |= Flag.DIMMED;
      this.#flags[slot] = flags;
    }
  }
}
