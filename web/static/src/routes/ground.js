/** A map with the ground, stops coloured by how they stand, and lines: what the maps of stops and routes share. */
import { Marker } from "maplibre-gl";
import { boundsOnMap } from "../live/home.js";
import { gcj02ToWgs84 } from "../live/china.js";
import { MapView, canDrawMaps } from "../live/mapview.js";
import { token } from "../live/palette.js";
import { toMapDatum } from "../live/projection.js";
import { openTiles } from "../live/tiles.js";

const EMPTY = { type: "FeatureCollection", features: [] };
export const STOP_STATES = ["good", "worn", "missing", "unknown", "unapproved", "lapsed"];

/** @typedef {{id: number, name: string, lon: number, lat: number, state: string, told: string, url: string}} Stop */

/**
 * @param {HTMLElement} root holds `[data-part=map]`, and `[data-part=no-map]` to show where no map can be drawn
 * @param {object} config as the server gives it
 * @param {(() => number[][])} places of (lon, lat) to open on, WGS-84; the whole district where there are none
 * @param {object[]} overlays
 * @returns {Promise<{map: import("maplibre-gl").Map, toMap: Function, fromMap: Function} | null>}
 */
export async function openGround(root, config, places, overlays) {
  const container = root.querySelector("[data-part=map]");
  if (!canDrawMaps()) {
    container.hidden = true;
    root.querySelector("[data-part=no-map]").hidden = false;
    return null;
  }
  const datum = config.tiles?.datum ?? "wgs84";
  const toMap = toMapDatum(datum);
  const fromMap = datum === "gcj02" ? gcj02ToWgs84 : (lon, lat) => [lon, lat];
  const [basemap, tiles] = await Promise.allSettled([fetchJson(config.basemap), openTiles(config.tiles)]);
  const ground = { ...basemap.value, stops: EMPTY };
  const { map } = new MapView({
    container,
    view: config.view,
    bounds: boundsOnMap(boundsOf(places()) ?? ground.bounds, toMap),
    basemap: ground,
    toMap,
    language: config.language,
    tiles: tiles.value ?? null,
    locale: {
      "NavigationControl.ZoomIn": config.words.zoom_in,
      "NavigationControl.ZoomOut": config.words.zoom_out,
      "Map.Title": config.words.map_title,
    },
    overlays,
  });
  return { map, toMap, fromMap };
}

/**
 * Puts a mark on a map.
 *
 * @param {{map: import("maplibre-gl").Map, toMap: Function}} ground
 * @param {[number, number]} place longitude and latitude, WGS-84
 * @param {string} className how it looks
 */
export function placed(ground, [lon, lat], className) {
  const element = document.createElement("div");
  element.className = className;
  return new Marker({ element }).setLngLat(ground.toMap(lon, lat)).addTo(ground.map);
}

/** Stops as circles, drawn by the map itself: thousands are no burden. */
export class StopLayer {
  #stops;
  #toMap = (lon, lat) => [lon, lat];
  #map = null;

  /** @param {Stop[]} stops */
  constructor(stops) {
    this.#stops = stops;
  }

  attach({ map, toMap }) {
    this.#map = map;
    this.#toMap = toMap;
    this.redraw();
  }

  redraw() {
    this.#map?.getSource("our-stops")?.setData(this.#data());
  }

  sources() {
    return { "our-stops": { type: "geojson", data: this.#data() } };
  }

  layers() {
    const colour = ["match", ["get", "state"]];
    for (const state of STOP_STATES) colour.push(state, token(`stop-${state}`));
    colour.push(token("stop-unknown"));
    const isHollow = ["in", ["get", "state"], ["literal", ["unknown", "unapproved"]]];
    return [
      {
        id: "our-stops",
        type: "circle",
        source: "our-stops",
        paint: {
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 3, 15, 8],
          "circle-color": ["case", isHollow, token("map-land"), colour],
          "circle-stroke-color": ["case", isHollow, colour, token("map-land")],
          "circle-stroke-width": ["case", isHollow, 3, 1.5],
        },
      },
      {
        id: "our-stop-names",
        type: "symbol",
        source: "our-stops",
        minzoom: 13,
        layout: {
          "text-field": ["get", "name"], "text-size": 12, "text-anchor": "top", "text-offset": [0, 0.8], "text-optional": true,
          "text-font": ["Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "system-ui", "sans-serif"],
        },
        paint: { "text-color": token("map-label"), "text-halo-color": token("map-halo"), "text-halo-width": 1.6 },
      },
    ];
  }

  #data() {
    const features = this.#stops.map(({ id, name, state, lon, lat }) => ({
      type: "Feature",
      properties: { id, name, state },
      geometry: { type: "Point", coordinates: this.#toMap(lon, lat) },
    }));
    return { type: "FeatureCollection", features };
  }
}

/** Lines of routes, with an arrow's casing so that they are seen on any road. */
export class LineLayer {
  #lines;
  #toMap = (lon, lat) => [lon, lat];
  #map = null;

  /** @param {[number, number][][]} lines of (lon, lat), WGS-84 */
  constructor(lines) {
    this.#lines = lines;
  }

  attach({ map, toMap }) {
    this.#map = map;
    this.#toMap = toMap;
    this.draw(this.#lines);
  }

  /** @param {[number, number][][]} lines */
  draw(lines) {
    this.#lines = lines;
    this.#map?.getSource("our-lines")?.setData(this.#data());
  }

  sources() {
    return { "our-lines": { type: "geojson", data: this.#data() } };
  }

  layers() {
    const line = (id, colour, width) => ({
      id, type: "line", source: "our-lines",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": token(colour), "line-width": width },
    });
    return [line("our-line-casing", "map-halo", 8), line("our-lines", "map-route", 4)];
  }

  #data() {
    const features = this.#lines.filter((line) => line.length > 1).map((line) => ({
      type: "Feature",
      properties: {},
      geometry: { type: "LineString", coordinates: line.map(([lon, lat]) => this.#toMap(lon, lat)) },
    }));
    return { type: "FeatureCollection", features };
  }
}

function boundsOf(places) {
  if (places.length === 0) return null;
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of places) {
    bounds[0] = Math.min(bounds[0], lon);
    bounds[1] = Math.min(bounds[1], lat);
    bounds[2] = Math.max(bounds[2], lon);
    bounds[3] = Math.max(bounds[3], lat);
  }
  return bounds;
}

async function fetchJson(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}
