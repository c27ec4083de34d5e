/** Pulls apart buses that lie on one another: a short menu at the place clicked. */
import { STATE_NAMES } from "./fleet.js";

const MARGIN_PX = 8;

export class Chooser {
  #menu;
  #fleet;
  #t;
  #format;
  #now;
  #onChoose;

  /**
   * @param {object} options
   * @param {HTMLElement} options.menu inside the map's frame
   * @param {import("./fleet.js").Fleet} options.fleet
   * @param {(key: string, values?: object) => string} options.t
   * @param {ReturnType<import("../shared/format.js").formatter>} options.format
   * @param {() => number} options.now
   * @param {(busId: number) => void} options.onChoose
   */
  constructor({ menu, fleet, t, format, now, onChoose }) {
    this.#menu = menu;
    this.#fleet = fleet;
    this.#t = t;
    this.#format = format;
    this.#now = now;
    this.#onChoose = onChoose;
    menu.addEventListener("keydown", (event) => this.#onKey(event));
  }

  get isOpen() {
    return !this.#menu.hidden;
  }

  /** @param {number[]} slots @param {number} left @param {number} top pixels in the map's frame */
  open(slots, left, top) {
    this.#menu.querySelector("[data-part='title']").textContent = this.#t("buses_here", { n: slots.length });
    this.#menu.querySelector("[data-part='list']").replaceChildren(...slots.map((slot) => this.#item(slot)));
    this.#menu.hidden = false;
    const frame = this.#menu.parentElement;
    const clamp = (value, length, limit) => Math.max(MARGIN_PX, Math.min(value, limit - length - MARGIN_PX));
    this.#menu.style.left = `${clamp(left + MARGIN_PX, this.#menu.offsetWidth, frame.clientWidth)}px`;
    this.#menu.style.top = `${clamp(top + MARGIN_PX, this.#menu.offsetHeight, frame.clientHeight)}px`;
    this.#menu.querySelector("button").focus();
  }

  close() {
    this.#menu.hidden = true;
  }

  #item(slot) {
    const bus = this.#fleet.buses[slot];
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("role", "menuitem");
    button.dataset.state = STATE_NAMES[this.#fleet.state[slot]];
    const plate = button.appendChild(document.createElement("b"));
    plate.textContent = bus.plate;
    const state = button.appendChild(document.createElement("span"));
    state.textContent = `${this.#t(`state_${button.dataset.state}`)} · ${this.#format.ago(this.#now() - this.#fleet.heardMs[slot])}`;
    button.addEventListener("click", () => {
      this.close();
      this.#onChoose(bus.id);
    });
    return button;
  }

  #onKey(event) {
    const items = [...this.#menu.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
    else if (event.key === "ArrowUp") items.at(at - 1).focus();
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
