/** Says whether what is on the page is live, and since when it is not. */

export class ConnectionStatus {
  #pill;
  #banner;
  #t;
  #format;
  #now;
  #phase = "connecting";
  #sinceMs;

  /**
   * @param {object} options
   * @param {HTMLElement} options.pill
   * @param {HTMLElement} options.banner
   * @param {(key: string, values?: object) => string} options.t
   * @param {ReturnType<import("../shared/format.js").formatter>} options.format
   * @param {() => number} options.now
   */
  constructor({ pill, banner, t, format, now }) {
    this.#pill = pill;
    this.#banner = banner;
    this.#t = t;
    this.#format = format;
    this.#now = now;
    this.#sinceMs = now();
    this.draw();
  }

  /** @param {import("./feed.js").Phase} phase */
  enter(phase) {
    const wasCut = this.#isCut();
    this.#phase = phase;
    if (!(wasCut && this.#isCut())) this.#sinceMs = this.#now();
    this.draw();
  }

  draw() {
    this.#pill.dataset.phase = this.#phase;
    write(this.#pill.querySelector("[data-part='text']"), this.#t(`phase_${this.#phase}`));
    const isShown = this.#isCut() || this.#phase === "no_scope";
    this.#banner.hidden = !isShown;
    document.documentElement.classList.toggle("is-cut-off", this.#isCut());
    if (!isShown) return;
    const since = this.#format.time(this.#sinceMs, this.#now());
    write(this.#banner, this.#t(`banner_${this.#phase}`, { time: since }));
  }

  #isCut() {
    return this.#phase === "reconnecting" || this.#phase === "offline";
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
