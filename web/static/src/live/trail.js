/** The selected bus's trail on the map: fetched once, then grown by what arrives. */
import { token } from "./palette.js";
import { trailFeatures } from "./trail_shape.js";

const SOURCE = "trail";
const MINUTE_MS = 60_000;

export class Trail {
  #address;
  #toMap;
  #now;
  #map = null;
  #points = [];
  #busId = null;
  #minutes = 0;

  /**
   * @param {object} options
   * @param {string} options.address of the trail of bus 0, as the page was given it
   * @param {(lon: number, lat: number) => [number, number]} options.toMap
   * @param {() => number} options.now
   */
  constructor({ address, toMap, now }) {
    this.#address = address;
    this.#toMap = toMap;
    this.#now = now;
  }

  /** @param {import("maplibre-gl").Map} map */
  attach(map) {
    this.#map = map;
  }

  sources() {
    return { [SOURCE]: { type: "geojson", data: this.#geojson() } };
  }

  layers() {
    const line = (id, kind, paint) => ({
      id: `trail-${id}`, type: "line", source: SOURCE, filter: ["==", ["get", "kind"], kind],
      layout: { "line-cap": "round", "line-join": "round" }, paint,
    });
    const colour = token("state-driving");
    return [
      line("casing", "line", { "line-color": token("map-halo"), "line-width": 8 }),
      line("line", "line", { "line-color": colour, "line-width": 4 }),
      line("gap", "gap", { "line-color": colour, "line-width": 2, "line-dasharray": [0.5, 2.5], "line-opacity": 0.7 }),
      {
        id: "trail-doubt", type: "circle", source: SOURCE, filter: ["==", ["get", "kind"], "doubt"],
        paint: { "circle-radius": 3, "circle-color": token("map-land"), "circle-stroke-color": colour, "circle-stroke-width": 1.5 },
      },
    ];
  }

  /** Shows a bus's last minutes; 0 minutes or no bus shows nothing. */
  async show(busId, minutes) {
    const wanted = minutes ? busId : null;
    if (wanted !== this.#busId) this.#points = [];
    this.#busId = wanted;
    this.#minutes = minutes;
    this.#draw();
    if (wanted === null) return;
    const response = await fetch(`${this.#address.replace("/0/", `/${busId}/`)}?minutes=${minutes}`);
    if (!response.ok) throw new Error(`The trail could not be read (${response.status})`);
    const { points } = await response.json();
    if (this.#busId !== busId || this.#minutes !== minutes) return;
    const newest = points.at(-1)?.[0] ?? 0;
    this.#points = [...points, ...this.#points.filter(([timeMs]) => timeMs > newest)];
    this.#draw();
  }

  /** @param {import("./fleet.js").Row[]} rows just received */
  append(rows) {
    if (this.#busId === null) return;
    const row = rows.find(([id]) => id === this.#busId);
    if (!row || row[1] === null || row[2] === null) return;
    const [, timeMs, lon, lat, speedMps] = row;
    if (timeMs <= (this.#points.at(-1)?.[0] ?? 0)) return;
    const oldest = this.#now() - this.#minutes * MINUTE_MS;
    this.#points = [...this.#points.filter(([time]) => time >= oldest), [timeMs, lon, lat, speedMps, 0]];
    this.#draw();
  }

  #geojson() {
    return trailFeatures(this.#points, this.#toMap);
  }

  #draw() {
    this.#map?.getSource(SOURCE)?.setData(this.#geojson());
  }
}
