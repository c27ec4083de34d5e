/** The whole district: where the map opens, a button that leads back there, and a word where our own map ends. */

const PADDING_PX = { top: 32, right: 60, bottom: 64, left: 32 };
const PADDING_NARROW_PX = { top: 24, right: 24, bottom: 32, left: 24 };
const NARROW_PX = 600;
const CLOSEST_ZOOM = 15.5;

/** @typedef {[[number, number], [number, number]]} Bounds south-west and north-east, degrees in the map's datum */

/**
 * @param {number[] | null | undefined} bounds west, south, east, north in WGS-84, as served
 * @param {(lon: number, lat: number) => [number, number]} toMap
 * @returns {Bounds | null}
 */
export function boundsOnMap(bounds, toMap) {
  if (!bounds) return null;
  const [west, south, east, north] = bounds;
  return [toMap(west, south), toMap(east, north)];
}

/**
 * @param {import("./fleet.js").Fleet} fleet
 * @returns {Bounds | null} around all buses that have a position
 */
export function boundsOfBuses({ size, lon, lat }) {
  let bounds = null;
  for (let slot = 0; slot < size; slot += 1) {
    if (Number.isNaN(lon[slot])) continue;
    bounds ??= [[lon[slot], lat[slot]], [lon[slot], lat[slot]]];
    const [southWest, northEast] = bounds;
    southWest[0] = Math.min(southWest[0], lon[slot]);
    southWest[1] = Math.min(southWest[1], lat[slot]);
    northEast[0] = Math.max(northEast[0], lon[slot]);
    northEast[1] = Math.max(northEast[1], lat[slot]);
  }
  return bounds;
}

/** @param {HTMLElement} frame of the map @returns {object} MapLibre's options for looking at bounds */
export function fitting(frame) {
  return { padding: frame.clientWidth < NARROW_PX ? PADDING_NARROW_PX : PADDING_PX, maxZoom: CLOSEST_ZOOM };
}

export class Home {
  #map;
  #bounds;
  #fleet;
  #hasOpened;

  /**
   * @param {object} options
   * @param {import("maplibre-gl").Map} options.map
   * @param {Bounds | null} options.bounds of our own map, on which it has opened
   * @param {import("./fleet.js").Fleet} options.fleet looked at instead where we have no map of our own
   * @param {HTMLElement} options.button a map control that leads back
   * @param {HTMLElement | null} options.notice shown where our map has nothing; null where tiles cover the world
   */
  constructor({ map, bounds, fleet, button, notice }) {
    this.#map = map;
    this.#bounds = bounds;
    this.#fleet = fleet;
    this.#hasOpened = bounds !== null;
    button.hidden = false;
    button.addEventListener("click", () => this.#look());
    map.addControl({ onAdd: () => button, onRemove: () => button.remove() }, "top-right");
    if (!notice || !bounds) return;
    notice.querySelector("button").addEventListener("click", () => this.#look());
    map.on("moveend", () => { notice.hidden = this.#isInView(); });
  }

  /** Where we have no map of our own, the first buses seen say where to look. */
  openOnBuses() {
    if (this.#hasOpened || boundsOfBuses(this.#fleet) === null) return;
    this.#hasOpened = true;
    this.#look({ animate: false });
  }

  #look(options = {}) {
    const bounds = this.#bounds ?? boundsOfBuses(this.#fleet);
    if (bounds) this.#map.fitBounds(bounds, { ...fitting(this.#map.getContainer()), speed: 2.2, maxDuration: 1600, ...options });
  }

  #isInView() {
    const view = this.#map.getBounds();
    const [[west, south], [east, north]] = this.#bounds;
    return view.getWest() < east && view.getEast() > west && view.getSouth() < north && view.getNorth() > south;
  }
}
