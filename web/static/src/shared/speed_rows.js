/** What a chart of speeds draws: a row for each report, and an empty one in each gap so that no line crosses it. */
import { GAP_MS } from "../live/trail_shape.js";

const KMH_PER_MPS = 3.6;

/**
 * @param {import("../live/trail_shape.js").TrailPoint[]} points in order of time
 * @param {(timeMs: number) => number | null} limitAt km/h
 * @param {[number, number] | null} span epoch ms that the axis holds at least
 * @returns {{seconds: number[], speeds: (number | null)[], limits: (number | null)[], indexes: (number | null)[]}}
 *   `indexes` tells which report a row is of
 */
export function speedRows(points, limitAt, span = null) {
  const rows = { seconds: [], speeds: [], limits: [], indexes: [] };
  const add = (timeMs, speed, index) => {
    rows.seconds.push(timeMs / 1000);
    rows.speeds.push(speed);
    rows.limits.push(limitAt(timeMs));
    rows.indexes.push(index);
  };
  const [from, until] = span ?? [Infinity, -Infinity];
  if (from < (points[0]?.[0] ?? Infinity)) add(from, null, null);
  points.forEach(([timeMs, , , mps], index) => {
    const before = points[index - 1]?.[0];
    if (timeMs - before > GAP_MS) add((before + timeMs) / 2, null, null);
    add(timeMs, mps === null ? null : Math.round(mps * KMH_PER_MPS * 10) / 10, index);
  });
  if (until > (points.at(-1)?.[0] ?? -Infinity)) add(until, null, null);
  return rows;
}
