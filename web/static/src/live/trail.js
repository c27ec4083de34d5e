/** The selected bus's trail on the map: fetched once, then grown by what arrives. */
import { TrailLayer } from "./trail_layer.js";

const MINUTE_MS = 60_000;

export class Trail {
  #address;
  #layer;
  #now;
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
    this.#layer = new TrailLayer(toMap);
    this.#now = now;
  }

  /** @param {import("maplibre-gl").Map} map */
  attach(map) {
    this.#layer.attach(map);
  }

  sources() {
    return this.#layer.sources();
  }

  layers() {
    return this.#layer.layers();
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

  #draw() {
    this.#layer.draw(this.#points);
  }
}
