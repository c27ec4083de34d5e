/** A way that was learned from driving: its stops are numbered on the map, and dragged to where they are. */
import { Marker } from "maplibre-gl";
import { LineLayer, StopLayer, openGround } from "./ground.js";
import { readPoints } from "./pattern_editor.js";

const DIGITS = 6;

export class LearnedWay {
  #root;
  #config;
  #line = new LineLayer([]);
  #stops;
  #ground = null;
  #markers = [];

  /** @param {HTMLElement} root a section with the field of the line and a row for each stop @param {object} config */
  constructor(root, config) {
    this.#root = root;
    this.#config = config;
    this.#stops = new StopLayer(config.stops);
  }

  /** @returns {Promise<LearnedWay>} for tests: `map` */
  async start() {
    this.#ground = await openGround(this.#root, this.#config, () => this.#points(), [this.#line, this.#stops]);
    if (!this.#ground) return this;
    this.#line.attach(this.#ground);
    this.#stops.attach(this.#ground);
    this.#root.addEventListener("change", () => this.#draw());
    this.#draw();
    return this;
  }

  get map() {
    return this.#ground?.map ?? null;
  }

  #points() {
    return readPoints(this.#root.querySelector("[name$=-line]").value);
  }

  #draw() {
    this.#line.draw([this.#points()]);
    for (const marker of this.#markers) marker.remove();
    this.#markers = [...this.#root.querySelectorAll("[data-learned-stop]")].map((row, index) => this.#marker(row, index)).filter(Boolean);
  }

  /** The number of a stop, by which it is dragged; one that is left out or recorded already stays where it is. */
  #marker(row, index) {
    const { map, toMap, fromMap } = this.#ground;
    const field = (name) => row.querySelector(`[name$=-${name}]`);
    const [lon, lat] = [Number(field("lon").value), Number(field("lat").value)];
    const isKept = field("use").value === "keep";
    const recorded = this.#config.stops.find(({ id }) => String(id) === field("stop").value);
    row.dataset.use = field("use").value;
    row.dataset.recorded = String(Boolean(recorded));
    if (!Number.isFinite(lon) || !Number.isFinite(lat)) return null;
    const element = document.createElement("span");
    element.className = "stop-number";
    element.dataset.use = field("use").value;
    element.textContent = String(index + 1);
    const place = recorded ? toMap(recorded.lon, recorded.lat) : toMap(lon, lat);
    const marker = new Marker({ element, draggable: isKept && !recorded }).setLngLat(place).addTo(map);
    element.addEventListener("click", () => field("use").focus());
    marker.on("dragend", () => {
      const { lng, lat: north } = marker.getLngLat();
      const [toLon, toLat] = fromMap(lng, north);
      field("lon").value = toLon.toFixed(DIGITS);
      field("lat").value = toLat.toFixed(DIGITS);
    });
    return marker;
  }
}
