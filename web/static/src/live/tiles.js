/** The configured tile source as MapLibre sources and layers: XYZ images, or PMTiles with images or vectors. */
import { addProtocol } from "maplibre-gl";
import { PMTiles, Protocol, TileType } from "pmtiles";
import { token } from "./palette.js";

/**
 * @typedef {{kind: "xyz" | "pmtiles", url: string, attribution: string, datum: "wgs84" | "gcj02", max_zoom: number}} TileSource
 */

/**
 * @param {TileSource | null} tiles
 * @returns {Promise<(() => {sources: object, layers: object[]}) | null>} makes the layers in the theme of the moment
 */
export async function openTiles(tiles) {
  if (!tiles) return null;
  const { attribution } = tiles;
  if (tiles.kind === "xyz") return () => raster({ attribution, tiles: [absolute(tiles.url)], tileSize: 256, maxzoom: tiles.max_zoom });
  const url = absolute(tiles.url);
  const protocol = new Protocol();
  const archive = new PMTiles(url);
  protocol.add(archive);
  addProtocol("pmtiles", protocol.tile);
  const { tileType } = await archive.getHeader();
  const isVector = tileType === TileType.Mvt;
  // The archive itself says how deep it goes.
  return () => (isVector ? vector : raster)({ attribution, url: `pmtiles://${url}`, tileSize: 256 });
}

/** MapLibre wants whole addresses; `URL` would escape the braces of a template. */
function absolute(url) {
  return url.startsWith("/") ? location.origin + url : url;
}

function raster(source) {
  return {
    sources: { tiles: { type: "raster", ...source } },
    layers: [{ id: "tiles", type: "raster", source: "tiles" }],
  };
}

/** Vector tiles in the Protomaps schema, drawn plainly: the buses are what matters. */
function vector({ url, attribution }) {
  const layer = (id, type, sourceLayer, paint, extra = {}) => ({
    id: `tiles-${id}`, type, source: "tiles", "source-layer": sourceLayer, paint, ...extra,
  });
  const kinds = (...names) => ["in", ["get", "kind"], ["literal", names]];
  const width = (far, near) => ["interpolate", ["exponential", 1.6], ["zoom"], 9, far, 17, near];
  return {
    sources: { tiles: { type: "vector", url, attribution } },
    layers: [
      layer("green", "fill", "landuse", { "fill-color": token("map-park") }, { filter: kinds("park", "forest", "wood", "grass") }),
      layer("water", "fill", "water", { "fill-color": token("map-water") }, { filter: ["==", ["geometry-type"], "Polygon"] }),
      layer("minor", "line", "roads", { "line-color": token("map-road-local"), "line-width": width(0.4, 7) }, { filter: kinds("minor_road"), minzoom: 12 }),
      layer("major", "line", "roads", { "line-color": token("map-road-arterial"), "line-width": width(1.2, 13) }, { filter: kinds("major_road") }),
      layer("highway", "line", "roads", { "line-color": token("map-road-expressway"), "line-width": width(1.8, 16) }, { filter: kinds("highway") }),
      layer("buildings", "fill", "buildings", { "fill-color": token("map-built-up") }, { minzoom: 14 }),
    ],
  };
}
