/** The live connection: opens, watches, and reopens by itself; each opening begins with a snapshot. */

const SILENCE_MS = 15_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const SIGNED_OUT = 4401;
const NO_SCOPE = 4403;

/**
 * How long to wait before trying again: doubling, and spread so that a thousand browsers do not return at once.
 *
 * @param {number} attempt failures so far, from 0
 * @param {number} random 0 to 1
 * @returns {number} milliseconds
 */
export function reconnectDelayMs(attempt, random) {
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return longest * (0.5 + random / 2);
}

/**
 * @typedef {"connecting" | "live" | "reconnecting" | "offline" | "signed_out" | "no_scope"} Phase
 */

export class Feed {
  #url;
  #onMessage;
  #onPhase;
  #socket = null;
  #attempt = 0;
  #retryTimer = 0;
  #silenceTimer = 0;

  /** @type {Phase} */
  phase = "connecting";

  /**
   * @param {object} options
   * @param {string} options.url path or address of the WebSocket
   * @param {(message: object) => void} options.onMessage
   * @param {(phase: Phase) => void} options.onPhase
   */
  constructor({ url, onMessage, onPhase }) {
    this.#url = new URL(url, location.href.replace(/^http/, "ws"));
    this.#onMessage = onMessage;
    this.#onPhase = onPhase;
    addEventListener("online", () => this.#retryNow());
    addEventListener("offline", () => this.#drop());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#retryNow());
  }

  open() {
    clearTimeout(this.#retryTimer);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener("message", (event) => this.#socket === socket && this.#receive(event.data));
    socket.addEventListener("close", (event) => this.#socket === socket && this.#closed(event.code));
    this.#watchSilence();
  }

  #receive(text) {
    this.#watchSilence();
    const message = JSON.parse(text);
    this.#onMessage(message);
    if (message.type === "snapshot") {
      this.#attempt = 0;
      this.#enter("live");
    }
  }

  #watchSilence() {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.#drop(), SILENCE_MS);
  }

  #drop() {
    const socket = this.#socket;
    if (!socket) return;
    this.#closed(0);
    socket.close();
  }

  #closed(code) {
    this.#socket = null;
    clearTimeout(this.#silenceTimer);
    if (code === SIGNED_OUT) return this.#enter("signed_out");
    if (code === NO_SCOPE) return this.#enter("no_scope");
    this.#enter(navigator.onLine ? "reconnecting" : "offline");
    this.#retryTimer = setTimeout(() => this.open(), reconnectDelayMs(this.#attempt, Math.random()));
    this.#attempt += 1;
    return undefined;
  }

  #retryNow() {
    const waiting = this.phase === "reconnecting" || this.phase === "offline";
    if (waiting && !this.#socket) this.open();
  }

  #enter(phase) {
    if (phase === this.phase) return;
    this.phase = phase;
    this.#onPhase(phase);
  }
}
