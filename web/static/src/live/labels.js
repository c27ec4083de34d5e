/** Plates beside the buses when the map is close enough to read them; few, and never one over another. */
import { State } from "./fleet.js";
import { isInView } from "./hittest.js";
import { mercator } from "./projection.js";

const FROM_ZOOM = 12.5;
const MOST_SHOWN = 120;
const MOST_TRIED = 400;
const HALF_WIDTH_PX = 42;
const HALF_WIDTH_OLD_PX = 95;
const HEIGHT_PX = 22;

export class Labels {
  #layer;
  #mapView;
  #fleet;
  #describeOld;
  #now;
  #gradeAge;
  #pool = [];
  #size = { width: 0, height: 0 };

  /**
   * @param {object} options
   * @param {HTMLElement} options.layer laid over the map, seen by nobody's pointer
   * @param {import("./mapview.js").MapView} options.mapView
   * @param {import("./fleet.js").Fleet} options.fleet
   * @param {() => number} options.now
   * @param {(ageMs: number) => string} options.gradeAge
   * @param {(ageMs: number) => string} options.describeOld "last seen …"
   */
  constructor({ layer, mapView, fleet, now, gradeAge, describeOld }) {
    this.#layer = layer;
    this.#mapView = mapView;
    this.#fleet = fleet;
    this.#now = now;
    this.#gradeAge = gradeAge;
    this.#describeOld = describeOld;
    // Asking the element itself at each drawing would make the browser lay out the page each time.
    new ResizeObserver(([entry]) => { this.#size = entry.contentRect; }).observe(layer);
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
    const { width, height } = this.#size;
    const taken = [];
    let tried = 0;
    const place = (slot) => {
      if (!isInView(this.#fleet, slot, view)) return;
      tried += 1;
      const left = (this.#fleet.x[slot] - centreX) / worldPerPx + width / 2;
      const top = (this.#fleet.y[slot] - centreY) / worldPerPx + height / 2;
      const isOld = this.#gradeAge(this.#now() - this.#fleet.heardMs[slot]) === "old";
      const box = { left, top, half: isOld ? HALF_WIDTH_OLD_PX : HALF_WIDTH_PX };
      if (taken.some((other) => overlaps(other, box))) return;
      this.#write(taken.length, slot, box, isOld, slot === selected);
      taken.push(box);
    };
    if (selected >= 0) place(selected);
    if (map.getZoom() >= FROM_ZOOM) {
      for (const slot of slots) {
        if (tried === MOST_TRIED || taken.length === MOST_SHOWN) break;
        if (slot !== selected && slot < this.#fleet.size) place(slot);
      }
    }
    for (let index = taken.length; index < this.#pool.length; index += 1) this.#pool[index].hidden = true;
  }

  #makeLabel() {
    const label = this.#layer.appendChild(document.createElement("span"));
    label.className = "plate-label";
    return label;
  }

  #write(index, slot, { left, top }, isOld, isSelected) {
    this.#pool[index] ??= this.#makeLabel();
    const label = this.#pool[index];
    const { plate } = this.#fleet.buses[slot];
    const text = isOld ? `${plate} · ${this.#describeOld(this.#now() - this.#fleet.heardMs[slot])}` : plate;
    const look = isSelected ? "selected" : this.#fleet.state[slot] === State.SPEEDING ? "speeding" : isOld ? "old" : "";
    if (label.textContent !== text) label.textContent = text;
    if (label.dataset.look !== look) label.dataset.look = look;
    label.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px) translate(-50%, 17px)`;
    label.hidden = false;
  }
}

function overlaps(one, other) {
  return Math.abs(one.left - other.left) < one.half + other.half && Math.abs(one.top - other.top) < HEIGHT_PX;
}
