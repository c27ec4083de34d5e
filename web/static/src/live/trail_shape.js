/** A bus's trail as lines: joined where reports follow each other, broken where nothing was heard. */

/** Silence longer than this is a gap: nothing is drawn or told of where the bus was. */
export const GAP_MS = 60_000;

/**
 * @typedef {[number, number, number, number | null, 0 | 1]} TrailPoint time (ms), longitude, latitude, speed (m/s), doubtful
 */

/**
 * @param {TrailPoint[]} points in order of time
 * @param {(lon: number, lat: number) => [number, number]} toMap
 * @returns {object} GeoJSON: `line` where heard, `gap` over silence, `doubt` for points not believed
 */
export function trailFeatures(points, toMap) {
  const features = [];
  const add = (kind, type, coordinates) => features.push({ type: "Feature", properties: { kind }, geometry: { type, coordinates } });
  const trusted = points.filter(([, , , , doubtful]) => !doubtful);
  let line = [];
  trusted.forEach(([timeMs, lon, lat], index) => {
    const place = toMap(lon, lat);
    if (index > 0 && timeMs - trusted[index - 1][0] > GAP_MS) {
      if (line.length > 1) add("line", "LineString", line);
      add("gap", "LineString", [line.at(-1), place]);
      line = [];
    }
    line.push(place);
  });
  if (line.length > 1) add("line", "LineString", line);
  for (const [, lon, lat, , doubtful] of points) if (doubtful) add("doubt", "Point", toMap(lon, lat));
  return { type: "FeatureCollection", features };
}
