/** The clock of a replay: event time that runs so many times as fast as real time, between two ends. */

export class ReplayClock {
  #from;
  #until;
  #baseMs;
  #sinceMs = null;
  #rate = 1;

  /** @param {number} from epoch ms @param {number} until @param {number} at where it stands at first */
  constructor(from, until, at = from) {
    this.#from = from;
    this.#until = until;
    this.#baseMs = this.#within(at);
  }

  get isPlaying() {
    return this.#sinceMs !== null;
  }

  get rate() {
    return this.#rate;
  }

  /** @param {number} nowMs real time; at the end the clock stops by itself @returns {number} event time */
  at(nowMs) {
    if (this.#sinceMs === null) return this.#baseMs;
    const timeMs = this.#within(this.#baseMs + (nowMs - this.#sinceMs) * this.#rate);
    if (timeMs >= this.#until) {
      this.#baseMs = timeMs;
      this.#sinceMs = null;
    }
    return timeMs;
  }

  /** Goes on; from the beginning, where the end is reached. */
  play(nowMs) {
    this.seek(this.at(nowMs) >= this.#until ? this.#from : this.at(nowMs), nowMs);
    this.#sinceMs = nowMs;
  }

  pause(nowMs) {
    this.#baseMs = this.at(nowMs);
    this.#sinceMs = null;
  }

  /** Goes to an event time, and plays on if it was playing. */
  seek(timeMs, nowMs) {
    this.#baseMs = this.#within(timeMs);
    if (this.#sinceMs !== null) this.#sinceMs = nowMs;
  }

  /** @param {number} rate times as fast as real time */
  setRate(rate, nowMs) {
    this.seek(this.at(nowMs), nowMs);
    this.#rate = rate;
  }

  #within(timeMs) {
    return Math.min(Math.max(timeMs, this.#from), this.#until);
  }
}
