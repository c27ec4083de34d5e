/** The bus of a pupil: the server is asked when typing pauses, and tells plates only; no pupil is ever sent here. */

const PAUSE_MS = 400;
const FEWEST_CHARACTERS = 2;
/** A plate or a route number is no name: the register is not asked about it. */
const NO_NAME = /\d/;

export class PupilSearch {
  #url;
  #token;
  #note;
  #t;
  #onFound;
  #timer = 0;
  #asked = "";
  #request = null;

  /**
   * @param {object} options
   * @param {string | null} options.url null for who may look for no pupil
   * @param {() => string} options.token against forged requests
   * @param {HTMLElement} options.note says what was found
   * @param {(key: string, values?: object) => string} options.t
   * @param {(buses: Set<number>) => void} options.onFound ids of the buses that carry pupils of the name; empty for none
   */
  constructor({ url, token, note, t, onFound }) {
    this.#url = url;
    this.#token = token;
    this.#note = note;
    this.#t = t;
    this.#onFound = onFound;
  }

  /** @param {string} query what is in the search field now */
  ask(query) {
    const name = query.trim();
    if (!this.#url || name === this.#asked) return;
    this.#asked = name;
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#tell("", new Set());
    if (Array.from(name).length < FEWEST_CHARACTERS || NO_NAME.test(name)) return;
    this.#timer = setTimeout(() => this.#send(name), PAUSE_MS);
  }

  async #send(name) {
    const request = new AbortController();
    this.#request = request;
    const body = new FormData();
    body.set("name", name);
    try {
      const response = await fetch(this.#url, {
        method: "POST", body, headers: { "X-CSRFToken": this.#token() }, signal: request.signal,
      });
      if (!response.ok) throw new Error(String(response.status));
      const { buses, is_vague: isVague } = await response.json();
      if (request.signal.aborted) return;
      this.#tell(this.#words(buses, isVague), new Set(buses.map((bus) => bus.id)));
    } catch (error) {
      if (error.name !== "AbortError") this.#tell(this.#t("pupil_search_failed"), new Set());
    }
  }

  #words(buses, isVague) {
    if (isVague) return this.#t("pupils_many");
    return buses.length ? this.#t("pupil_bus", { plates: buses.map((bus) => bus.plate).join(", ") }) : "";
  }

  #tell(text, buses) {
    this.#note.textContent = text;
    this.#note.hidden = !text;
    this.#onFound(buses);
  }
}
