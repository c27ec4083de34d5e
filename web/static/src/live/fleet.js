/** Every bus the user may see, with its last position, in columns: ten thousand are updated in a millisecond. */
import { mercator } from "./projection.js";

export const State = Object.freeze({ UNKNOWN: 0, DRIVING: 1, STANDING: 2, NO_FIX: 3, SPEEDING: 4 });
export const STATE_NAMES = ["unknown", "driving", "standing", "no_fix", "speeding"];

const NUMBER_COLUMNS = ["timeMs", "heardMs", "lon", "lat", "x", "y", "speedMps", "courseDeg"];

/**
 * @typedef {object} Bus
 * @property {number} id
 * @property {string} plate
 * @property {string} operator
 * @property {string} school
 * @property {string | null} route
 * @property {string | null} driver
 * @property {boolean} device
 * @property {Row} row
 *
 * @typedef {[number, number | null, number | null, number | null, number | null, number | null, number | null, number]} Row
 *   id, time (ms), longitude, latitude, speed (m/s), course (degrees), last heard (ms), state
 */

export class Fleet {
  #slotOf = new Map();
  #toMap;
  #capacity = 0;

  /** @type {Bus[]} what is known of the bus in each slot */
  buses = [];
  /** Raised when buses come, go or are renamed, not when they move. */
  roster = 0;

  /** @param {(lon: number, lat: number) => [number, number]} toMap WGS-84 to the map's datum */
  constructor(toMap) {
    this.#toMap = toMap;
    this.#grow(1024);
  }

  get size() {
    return this.buses.length;
  }

  /** @param {number} id @returns {number} its slot, or -1 */
  slot(id) {
    return this.#slotOf.get(id) ?? -1;
  }

  hasPosition(slot) {
    return !Number.isNaN(this.x[slot]);
  }

  /** @param {Bus[]} buses all there are: the others go */
  replaceAll(buses) {
    this.buses = [];
    this.#slotOf.clear();
    for (const bus of buses) this.put(bus);
    this.roster += 1;
  }

  /** @param {Bus} bus new or changed */
  put(bus) {
    let slot = this.slot(bus.id);
    if (slot < 0) {
      slot = this.buses.length;
      if (slot === this.#capacity) this.#grow(this.#capacity * 2);
      this.#slotOf.set(bus.id, slot);
      this.#clear(slot);
    }
    this.buses[slot] = bus;
    this.apply([bus.row]);
    this.roster += 1;
  }

  /** @param {[number, string | null][]} drivers who drives each of some buses now; null for nobody */
  setDrivers(drivers) {
    for (const [id, driver] of drivers) {
      const bus = this.buses[this.slot(id)];
      if (bus) bus.driver = driver;
    }
    this.roster += 1;
  }

  /** @param {number} id */
  remove(id) {
    const slot = this.slot(id);
    if (slot < 0) return;
    const last = this.buses.length - 1;
    if (slot !== last) {
      for (const column of [...NUMBER_COLUMNS, "state"]) this[column][slot] = this[column][last];
      this.buses[slot] = this.buses[last];
      this.#slotOf.set(this.buses[slot].id, slot);
    }
    this.buses.pop();
    this.#slotOf.delete(id);
    this.roster += 1;
  }

  /**
   * Takes newer positions; an older one never moves a bus back.
   *
   * @param {Row[]} rows
   * @returns {number} how many buses were updated
   */
  apply(rows) {
    let applied = 0;
    for (const [id, timeMs, lon, lat, speedMps, courseDeg, heardMs, state] of rows) {
      const slot = this.slot(id);
      if (slot < 0) continue;
      if (heardMs !== null && !(heardMs < this.heardMs[slot])) this.heardMs[slot] = heardMs;
      if (timeMs !== null && timeMs < this.timeMs[slot]) continue;
      this.state[slot] = state;
      this.speedMps[slot] = speedMps ?? NaN;
      this.courseDeg[slot] = courseDeg ?? NaN;
      if (timeMs !== null) this.timeMs[slot] = timeMs;
      if (lon !== null && lat !== null) this.#place(slot, lon, lat);
      applied += 1;
    }
    return applied;
  }

  #place(slot, lon, lat) {
    const [mapLon, mapLat] = this.#toMap(lon, lat);
    [this.x[slot], this.y[slot]] = mercator(mapLon, mapLat);
    this.lon[slot] = mapLon;
    this.lat[slot] = mapLat;
  }

  #clear(slot) {
    for (const column of NUMBER_COLUMNS) this[column][slot] = NaN;
    this.state[slot] = State.UNKNOWN;
  }

  #grow(capacity) {
    for (const column of NUMBER_COLUMNS) this[column] = resized(Float64Array, this[column], capacity);
    this.state = resized(Uint8Array, this.state, capacity);
    this.#capacity = capacity;
  }
}

function resized(Type, old, length) {
  const column = new Type(length);
  if (old) column.set(old);
  return column;
}
