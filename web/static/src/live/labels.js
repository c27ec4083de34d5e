/** Plates beside the buses when the map is close enough to read them; few, and never one over another. */
import { State } from "./fleet.js";
import { isInView } from "./hittest.js";
import { mercator } from "./projection.js";

const FROM_ZOOM = 12.5;
const MOST = 120;
const CELL_PX = { width: 96, height: 26 };
const OLD_MS = 60_000;

export class Labels {
  #layer;
  #mapView;
  #fleet;
  #describeOld;
  #now;
  #pool = [];

  /**
   * @param {object} options
   * @param {HTMLElement} options.layer laid over the map, seen by nobody's pointer
   * @param {import("./mapview.js").MapView} options.mapView
   * @param {import("./fleet.js").Fleet} options.fleet
   * @param {() => number} options.now
   * @param {(ageMs: number) => string} options.describeOld "last seen …"
   */
  constructor({ layer, mapView, fleet, now, describeOld }) {
    this.#layer = layer;
    this.#mapView = mapView;
    this.#fleet = fleet;
    this.#now = now;
    this.#describeOld = describeOld;
  }

  /**
   * @param {ArrayLike<number>} slots to label, the most important first
   * @param {number} selected slot, or -1
   */
  draw(slots, selected) {
    const map = this.#mapView.map;
    const view = this.#mapView.view();
    const worldPerPx = this.#mapView.worldPerPx();
    const { lng, lat } = map.getCenter();
    const [centreX, centreY] = mercator(lng, lat);
    const { clientWidth, clientHeight } = this.#layer;
    const taken = new Set();
    let used = 0;
    const place = (slot) => {
      if (used === MOST || !isInView(this.#fleet, slot, view)) return;
      const left = (this.#fleet.x[slot] - centreX) / worldPerPx + clientWidth / 2;
      const top = (this.#fleet.y[slot] - centreY) / worldPerPx + clientHeight / 2;
      const cell = `${Math.round(left / CELL_PX.width)},${Math.round(top / CELL_PX.height)}`;
      if (taken.has(cell)) return;
      taken.add(cell);
      this.#write(used, slot, left, top, slot === selected);
      used += 1;
    };
    if (selected >= 0) place(selected);
    if (map.getZoom() >= FROM_ZOOM) for (const slot of slots) if (slot !== selected) place(slot);
    for (let index = used; index < this.#pool.length; index += 1) this.#pool[index].hidden = true;
  }

  #write(index, slot, left, top, isSelected) {
    this.#pool[index] ??= this.#layer.appendChild(document.createElement("span"));
    const label = this.#pool[index];
    const ageMs = this.#now() - this.#fleet.heardMs[slot];
    const isOld = ageMs > OLD_MS;
    const text = isOld ? `${this.#fleet.buses[slot].plate} · ${this.#describeOld(ageMs)}` : this.#fleet.buses[slot].plate;
    if (label.textContent !== text) label.textContent = text;
    label.className = `plate-label${isOld ? " is-old" : ""}${isSelected ? " is-selected" : ""}`;
    label.classList.toggle("is-speeding", this.#fleet.state[slot] === State.SPEEDING);
    label.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px) translate(-50%, 17px)`;
    label.hidden = false;
  }
}
