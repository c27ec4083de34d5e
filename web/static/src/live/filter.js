/** Which buses the list shows, and in what order: kept in arrays of numbers, so that ten thousand sort in a millisecond. */
import { isInView } from "./hittest.js";
import { State } from "./fleet.js";

const URGENCY = [];
URGENCY[State.SPEEDING] = 1;
URGENCY[State.DRIVING] = 2;
URGENCY[State.STANDING] = 3;
URGENCY[State.NO_FIX] = 4;
URGENCY[State.UNKNOWN] = 5;
const NEVER_SEEN = 6;
const ON_ALARM = 0;

const PLATE_RANKS = 2 ** 17;
const SLOTS = 2 ** 17;

/** @typedef {"urgency" | "plate" | "age" | "speed"} Order */

export class Filter {
  query = "";
  operator = "";
  school = "";
  /** @type {Set<number>} ids of buses that match the words by what is not known here: a pupil aboard */
  others = new Set();
  /** @type {Set<number>} states wanted; empty for all */
  states = new Set();
  /** @type {{west: number, east: number, north: number, south: number} | null} */
  view = null;
  /** @type {Order} */
  order = "urgency";

  #fleet;
  #collator;
  #roster = -1;
  #texts = [];
  #ranks = new Uint32Array(0);
  #wordsMatch = new Uint8Array(0);
  #wordsKey = "";

  /** How many buses of each state match everything but the states asked for. */
  counts = new Uint32Array(5);

  /** @param {import("./fleet.js").Fleet} fleet @param {string} language BCP 47 tag */
  constructor(fleet, language) {
    this.#fleet = fleet;
    this.#collator = new Intl.Collator(language, { numeric: true });
  }

  get isActive() {
    return Boolean(this.query || this.operator || this.school || this.states.size);
  }

  /** @param {number} slot @returns {boolean} whether a bus matches the words, operator, school and states asked for */
  matches(slot) {
    return this.#wordsMatch[slot] === 1 && (this.states.size === 0 || this.states.has(this.#fleet.state[slot]));
  }

  /**
   * @param {Uint8Array} onAlarm by slot
   * @returns {Uint32Array} the slots to list, in order
   */
  run(onAlarm) {
    this.#readRoster();
    this.#matchWords();
    const fleet = this.#fleet;
    const keys = new Float64Array(fleet.size);
    let kept = 0;
    this.counts.fill(0);
    for (let slot = 0; slot < fleet.size; slot += 1) {
      if (!this.#wordsMatch[slot]) continue;
      if (this.view && !isInView(fleet, slot, this.view)) continue;
      this.counts[fleet.state[slot]] += 1;
      if (this.states.size && !this.states.has(fleet.state[slot])) continue;
      keys[kept] = this.#sortKey(slot, onAlarm[slot]) * SLOTS + slot;
      kept += 1;
    }
    const order = new Uint32Array(kept);
    keys.subarray(0, kept).sort().forEach((key, index) => { order[index] = key % SLOTS; });
    return order;
  }

  #sortKey(slot, onAlarm) {
    const { speedMps, heardMs } = this.#fleet;
    if (this.order === "age") return Number.isNaN(heardMs[slot]) ? 0 : Math.floor(heardMs[slot] / 10_000);
    let group = 0;
    if (this.order === "speed") group = 1000 - Math.min(1000, Math.round((speedMps[slot] || 0) * 3.6));
    if (this.order === "urgency") group = onAlarm ? ON_ALARM : this.#urgency(slot);
    return group * PLATE_RANKS + this.#ranks[slot];
  }

  #urgency(slot) {
    return this.#fleet.hasPosition(slot) ? URGENCY[this.#fleet.state[slot]] : NEVER_SEEN;
  }

  #readRoster() {
    const fleet = this.#fleet;
    if (this.#roster === fleet.roster) return;
    this.#roster = fleet.roster;
    this.#wordsKey = null;
    this.#texts = fleet.buses.map(searchText);
    this.#ranks = new Uint32Array(fleet.size);
    this.#wordsMatch = new Uint8Array(fleet.size);
    const byPlate = fleet.buses.map((bus, slot) => slot);
    byPlate.sort((a, b) => this.#collator.compare(fleet.buses[a].plate, fleet.buses[b].plate));
    byPlate.forEach((slot, rank) => { this.#ranks[slot] = rank; });
  }

  #matchWords() {
    const key = JSON.stringify([this.query, this.operator, this.school, ...this.others]);
    if (key === this.#wordsKey) return;
    this.#wordsKey = key;
    const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
    this.#fleet.buses.forEach((bus, slot) => {
      const wanted = (!this.operator || bus.operator === this.operator) && (!this.school || bus.school === this.school);
      this.#wordsMatch[slot] = wanted && (this.others.has(bus.id) || words.every((word) => this.#texts[slot].includes(word))) ? 1 : 0;
    });
  }
}

function searchText(bus) {
  return [bus.plate, bus.operator, bus.school, bus.route, bus.driver].filter(Boolean).join("\n").toLowerCase();
}
