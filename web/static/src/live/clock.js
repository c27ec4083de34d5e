/** The server's time, carried on by this computer's clock: ages stay right while the connection is cut. */
export class Clock {
  #aheadMs = 0;

  /** @param {number} serverNowMs epoch milliseconds, as just received */
  sync(serverNowMs) {
    this.#aheadMs = serverNowMs - Date.now();
  }

  /** @returns {number} epoch milliseconds */
  now() {
    return Date.now() + this.#aheadMs;
  }
}
