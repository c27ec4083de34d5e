/** From WGS-84 degrees to the map: the datum of its tiles, then web Mercator with the world as a unit square. */
import { wgs84ToGcj02 } from "./china.js";

const RAD = Math.PI / 180;

/** @returns {[number, number]} x east and y south, 0 to 1 */
export function mercator(lon, lat) {
  const sinLat = Math.sin(lat * RAD);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sinLat) / (1 - sinLat)) / (4 * Math.PI)];
}

/**
 * @param {"wgs84" | "gcj02"} datum of the map's tiles
 * @returns {(lon: number, lat: number) => [number, number]} WGS-84 to that datum, in degrees
 */
export function toMapDatum(datum) {
  return datum === "gcj02" ? wgs84ToGcj02 : (lon, lat) => [lon, lat];
}

/**
 * Moves every coordinate of a GeoJSON object.
 *
 * @template T
 * @param {T} geojson
 * @param {(lon: number, lat: number) => [number, number]} move
 * @returns {T} a moved copy
 */
export function moveGeoJson(geojson, move) {
  const moved = (coordinates) =>
    typeof coordinates[0] === "number" ? move(coordinates[0], coordinates[1]) : coordinates.map(moved);
  const features = geojson.features.map((feature) => ({
    ...feature,
    geometry: { ...feature.geometry, coordinates: moved(feature.geometry.coordinates) },
  }));
  return { ...geojson, features };
}
