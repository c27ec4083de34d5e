/** The map's style: our own roads, areas, routes and stops on plain land, over tiles where a source is set. */
import { moveGeoJson } from "./projection.js";
import { token } from "./palette.js";

const EMPTY = { type: "FeatureCollection", features: [] };
const PARTS = ["areas", "area_names", "roads", "routes", "stops", "schools"];
const ROAD_CLASSES = ["local", "collector", "arterial", "expressway"];
const ROAD_WIDTHS_PX = { local: [0.5, 8], collector: [1, 11], arterial: [1.8, 15], expressway: [2.6, 18] };
const ROAD_FROM_ZOOM = { local: 12.5, collector: 10.5, arterial: 8, expressway: 5 };
const FONT = ["Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "system-ui", "sans-serif"];

/**
 * @param {object} basemap as served: GeoJSON collections `roads`, `areas`, `area_names`, `routes`, `stops`, `schools`
 * @param {object} options
 * @param {(lon: number, lat: number) => [number, number]} options.toMap WGS-84 to the map's datum
 * @param {string} options.language
 * @param {{sources: object, layers: object[]} | null} options.tiles what lies below, if a tile source is set
 * @returns {object} a MapLibre style
 */
export function mapStyle(basemap, { toMap, language, tiles }) {
  const name = language.startsWith("zh")
    ? ["coalesce", ["get", "name_zh"], ["get", "name_en"], ["get", "name"], ""]
    : ["coalesce", ["get", "name_en"], ["get", "name_zh"], ["get", "name"], ""];
  const sources = Object.fromEntries(
    PARTS.map((part) => [part, { type: "geojson", data: moveGeoJson(basemap[part] ?? EMPTY, toMap) }]),
  );
  const land = { id: "land", type: "background", paint: { "background-color": token("map-land") } };
  const ground = tiles ? tiles.layers : [...areaLayers(), ...roadLayers()];
  const names = tiles ? [] : [...roadNames(name), ...areaNames(name)];
  return {
    version: 8,
    sources: { ...sources, ...tiles?.sources },
    layers: [land, ...ground, ...routeLayers(), ...names, ...placeLayers(name)],
  };
}

function areaLayers() {
  const colour = ["match", ["get", "kind"]];
  for (const kind of ["water", "park", "hill", "built_up"]) colour.push(kind, token(`map-${kind.replace("_", "-")}`));
  colour.push(token("map-built-up"));
  return [{ id: "areas", type: "fill", source: "areas", paint: { "fill-color": colour } }];
}

function roadLayers() {
  const tunnel = ["==", ["get", "tunnel"], true];
  const layer = (roadClass, part, extra) => ({
    id: `road-${part}-${roadClass}`,
    type: "line",
    source: "roads",
    minzoom: ROAD_FROM_ZOOM[roadClass],
    layout: { "line-cap": "round", "line-join": "round" },
    ...extra,
  });
  const casings = ROAD_CLASSES.map((roadClass) =>
    layer(roadClass, "casing", {
      filter: ["==", ["get", "road_class"], roadClass],
      paint: { "line-color": token("map-road-casing"), "line-width": roadWidth(roadClass, 1.5) },
    }));
  const surfaces = ROAD_CLASSES.map((roadClass) =>
    layer(roadClass, "surface", {
      filter: ["all", ["==", ["get", "road_class"], roadClass], ["!", tunnel]],
      paint: { "line-color": token(`map-road-${roadClass}`), "line-width": roadWidth(roadClass, 0) },
    }));
  const tunnels = {
    id: "road-tunnels",
    type: "line",
    source: "roads",
    filter: tunnel,
    paint: { "line-color": token("map-land"), "line-width": roadWidth("collector", 0), "line-dasharray": [1.2, 0.8], "line-opacity": 0.85 },
  };
  return [...casings, ...surfaces, tunnels];
}

function roadWidth(roadClass, casingPx) {
  const [far, near] = ROAD_WIDTHS_PX[roadClass];
  return ["interpolate", ["exponential", 1.35], ["zoom"], 9, far + casingPx * 0.5, 17, near + casingPx * 2];
}

function routeLayers() {
  return [{
    id: "routes",
    type: "line",
    source: "routes",
    layout: { "line-cap": "round", "line-join": "round" },
    paint: {
      "line-color": token("map-route"),
      "line-opacity": 0.55,
      "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1, 14, 2.5, 17, 4],
    },
  }];
}

function roadNames(name) {
  return [{
    id: "road-names",
    type: "symbol",
    source: "roads",
    minzoom: 11.5,
    filter: ["!=", ["get", "road_class"], "local"],
    layout: { "text-field": name, "text-font": FONT, "text-size": 12, "symbol-placement": "line", "symbol-spacing": 320, "text-padding": 8 },
    paint: labelPaint("map-label"),
  }];
}

/** Water is named in every stretch of it; any other area once, in its middle. */
function areaNames(name) {
  const layer = (id, source, filter, colour) => ({
    id,
    type: "symbol",
    source,
    filter,
    layout: { "text-field": name, "text-font": FONT, "text-size": 13, "text-max-width": 7, "text-letter-spacing": 0.06 },
    paint: { ...labelPaint("map-label"), "text-color": colour },
  });
  const isWater = ["==", ["get", "kind"], "water"];
  return [
    layer("area-names", "area_names", ["!", isWater], ["match", ["get", "kind"], ["park", "hill"], token("map-park-label"), token("map-label")]),
    layer("water-names", "areas", isWater, token("map-water-label")),
  ];
}

function placeLayers(name) {
  const label = (offset, size) => ({
    "text-field": name, "text-font": FONT, "text-size": size, "text-anchor": "top", "text-offset": [0, offset],
    "text-max-width": 9, "text-optional": true,
  });
  return [
    {
      id: "stops",
      type: "circle",
      source: "stops",
      minzoom: 11,
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 11, 1.5, 15, 4.5],
        "circle-color": token("map-land"),
        "circle-stroke-color": token("map-route"),
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 11, 1, 15, 2],
      },
    },
    { id: "stop-names", type: "symbol", source: "stops", minzoom: 14.5, layout: label(0.6, 11.5), paint: labelPaint("map-label") },
    {
      id: "schools",
      type: "circle",
      source: "schools",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 4, 15, 8],
        "circle-color": token("map-school"),
        "circle-stroke-color": token("map-land"),
        "circle-stroke-width": 2,
      },
    },
    { id: "school-names", type: "symbol", source: "schools", layout: label(0.8, 13.5), paint: labelPaint("map-school-label", 2.6) },
  ];
}

function labelPaint(colour, haloPx = 1.6) {
  return { "text-color": token(colour), "text-halo-color": token("map-halo"), "text-halo-width": haloPx };
}
