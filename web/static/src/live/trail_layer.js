/** A trail as the map draws it: what was heard, the gaps between, and doubtful reports. */
import { token } from "./palette.js";
import { trailFeatures } from "./trail_shape.js";

const SOURCE = "trail";

export class TrailLayer {
  #toMap;
  #map = null;
  #points = [];

  /** @param {(lon: number, lat: number) => [number, number]} toMap */
  constructor(toMap) {
    this.#toMap = toMap;
  }

  /** @param {import("maplibre-gl").Map} map */
  attach(map) {
    this.#map = map;
  }

  /** @param {import("./trail_shape.js").TrailPoint[]} points in order of time */
  draw(points) {
    this.#points = points;
    this.#map?.getSource(SOURCE)?.setData(this.#geojson());
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

  #geojson() {
    return trailFeatures(this.#points, this.#toMap);
  }
}
