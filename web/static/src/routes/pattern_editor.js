/** Draws the line of a way: points are set, dragged and removed; stops clicked on become its next stops. */
import { Marker } from "maplibre-gl";
import { LineLayer, StopLayer, openGround } from "./ground.js";

const DIGITS = 6;
const MOST_HANDLES = 400;

export class PatternEditor {
  #root;
  #config;
  #field;
  #points;
  #before = [];
  #line = new LineLayer([]);
  #stops;
  #ground = null;
  #handles = [];

  /** @param {HTMLElement} root a form with the fields `line` and the rows of stops @param {object} config */
  constructor(root, config) {
    this.#root = root;
    this.#config = config;
    this.#field = root.querySelector("[name=line]");
    this.#stops = new StopLayer(config.stops);
    this.#points = readPoints(this.#field.value);
  }

  /** @returns {Promise<PatternEditor>} for tests: `map` */
  async start() {
    const all = this.#config.stops.map(({ lon, lat }) => [lon, lat]);
    const places = () => (this.#points.length ? this.#points : all);
    this.#ground = await openGround(this.#root, this.#config, places, [this.#line, this.#stops]);
    if (!this.#ground) return this;
    this.#line.attach(this.#ground);
    this.#stops.attach(this.#ground);
    const { map } = this.#ground;
    map.on("click", (event) => this.#click(event));
    this.#field.addEventListener("change", () => {
      this.#points = readPoints(this.#field.value);
      this.#draw();
    });
    const undo = this.#root.querySelector("[data-part=undo]");
    undo.hidden = false;
    undo.addEventListener("click", () => this.#undo());
    this.#draw();
    return this;
  }

  get map() {
    return this.#ground?.map ?? null;
  }

  #click(event) {
    const { map, fromMap } = this.#ground;
    const [feature] = map.queryRenderedFeatures(event.point, { layers: ["our-stops"] });
    if (feature) this.#takeStop(feature.properties.id);
    const stop = feature && this.#config.stops.find(({ id }) => id === feature.properties.id);
    const place = stop ? [stop.lon, stop.lat] : fromMap(event.lngLat.lng, event.lngLat.lat);
    this.#change([...this.#points, place]);
  }

  /** Fills the first empty row with a stop. */
  #takeStop(id) {
    const rows = [...this.#root.querySelectorAll("[data-stop-row] select")];
    const last = rows.findLastIndex((select) => select.value);
    const row = rows[last + 1];
    if (row && rows[last]?.value !== String(id)) row.value = String(id);
  }

  #change(points) {
    this.#before.push(this.#points);
    this.#points = points;
    this.#draw();
  }

  #undo() {
    if (this.#before.length === 0) return;
    this.#points = this.#before.pop();
    this.#draw();
  }

  #draw() {
    const { map, toMap, fromMap } = this.#ground;
    this.#field.value = this.#points.map(([lon, lat]) => `${lon.toFixed(DIGITS)}, ${lat.toFixed(DIGITS)}`).join("\n");
    this.#line.draw([this.#points]);
    this.#root.querySelector("[data-part=told]").textContent = this.#config.words.points.replace("%s", this.#points.length);
    for (const handle of this.#handles) handle.remove();
    const shown = this.#points.length > MOST_HANDLES ? [] : this.#points;
    this.#handles = shown.map(([lon, lat], index) => {
      const element = document.createElement("span");
      element.className = "line-handle";
      const handle = new Marker({ element, draggable: true }).setLngLat(toMap(lon, lat)).addTo(map);
      element.addEventListener("click", (event) => event.stopPropagation());
      element.addEventListener("dblclick", (event) => {
        event.stopPropagation();
        this.#change(this.#points.filter((_, other) => other !== index));
      });
      handle.on("dragend", () => {
        const { lng, lat: north } = handle.getLngLat();
        this.#change(this.#points.map((point, other) => (other === index ? fromMap(lng, north) : point)));
      });
      return handle;
    });
  }
}

/** @param {string} text a point on each line: longitude, latitude @returns {[number, number][]} */
export function readPoints(text) {
  return text
    .split("\n")
    .map((line) => line.split(/[\s,;]+/).filter(Boolean).map(Number))
    .filter((pair) => pair.length === 2 && pair.every(Number.isFinite));
}
