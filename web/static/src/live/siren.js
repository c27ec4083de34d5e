/** A sound for emergencies: three rising tones, again every few seconds until somebody has seen the alarm. */

const EVERY_MS = 4000;
const TONES_HZ = [660, 880, 1100];
const TONE_S = 0.18;

export class Siren {
  #context = null;
  #timer = 0;
  #switch;

  /** @param {HTMLInputElement} toggle whether sound is wanted; remembered in this browser */
  constructor(toggle) {
    this.#switch = toggle;
    toggle.checked = localStorage.getItem("siren") !== "off";
    toggle.addEventListener("change", () => localStorage.setItem("siren", toggle.checked ? "on" : "off"));
    // Browsers let a page sound only after a person has touched it.
    addEventListener("pointerdown", () => this.#wake(), { once: true });
    addEventListener("keydown", () => this.#wake(), { once: true });
  }

  #wake() {
    this.#context ??= new AudioContext();
  }

  /** @param {boolean} needed whether an emergency waits for somebody */
  set(needed) {
    if (needed && !this.#timer) {
      this.#sound();
      this.#timer = setInterval(() => this.#sound(), EVERY_MS);
    } else if (!needed && this.#timer) {
      clearInterval(this.#timer);
      this.#timer = 0;
    }
  }

  #sound() {
    if (!this.#switch.checked || !this.#context) return;
    TONES_HZ.forEach((hertz, index) => {
      const start = this.#context.currentTime + index * TONE_S;
      const tone = new OscillatorNode(this.#context, { frequency: hertz });
      const volume = new GainNode(this.#context, { gain: 0.25 });
      tone.connect(volume).connect(this.#context.destination);
      tone.start(start);
      tone.stop(start + TONE_S);
    });
  }
}
