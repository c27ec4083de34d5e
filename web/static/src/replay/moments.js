/** What is known of a bus at an event time: only what was reported, nothing in between. */
import { GAP_MS } from "../live/trail_shape.js";

/**
 * @typedef {object} Moment
 * @property {"report" | "gap" | "before" | "after" | "none"} kind
 * @property {number | null} index of the newest report
 * @property {number | null} from epoch ms of the newest report
 * @property {number | null} until epoch ms of the next
 */

/**
 * @param {import("../live/trail_shape.js").TrailPoint[]} points in order of time
 * @param {number} timeMs
 * @returns {Moment} a `report` holds until the next, unless that is long in coming: then nobody knows in between
 */
export function momentAt(points, timeMs) {
  if (points.length === 0) return { kind: "none", index: null, from: null, until: null };
  const after = firstAfter(points, timeMs);
  if (after === 0) return { kind: "before", index: null, from: null, until: points[0][0] };
  const from = points[after - 1][0];
  const until = points[after]?.[0] ?? null;
  const moment = (kind) => ({ kind, index: after - 1, from, until });
  if (timeMs === from) return moment("report");
  if (until === null) return moment(timeMs - from > GAP_MS ? "after" : "report");
  return moment(until - from > GAP_MS ? "gap" : "report");
}

/**
 * @param {import("../live/trail_shape.js").TrailPoint[]} points in order of time
 * @param {number} timeMs
 * @param {1 | -1} direction
 * @returns {number | null} epoch ms of the next report, or of the one before
 */
export function neighbour(points, timeMs, direction) {
  if (direction > 0) return points[firstAfter(points, timeMs)]?.[0] ?? null;
  return points[firstAfter(points, timeMs - 1) - 1]?.[0] ?? null;
}

/** @returns {number} index of the first point later than a time; how many there are, where none is */
function firstAfter(points, timeMs) {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle][0] <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param {{from: number, until: number, limit_kmh: number | null}[]} findings
 * @param {Limit[]} limits
 * @param {number} timeMs
 * @returns {number | null} km/h, the lowest limit that a finding at that time went by; else the one that held
 */
export function limitAt(findings, limits, timeMs) {
  const found = at(findings, timeMs).map((one) => one.limit_kmh).filter((limit) => limit !== null);
  return found.length ? Math.min(...found) : (inForce(limits, timeMs)?.[1] ?? null);
}

/**
 * @typedef {[number, number | null, string]} Limit from when on (epoch ms), km/h where there is one, what sets it
 *
 * @param {Limit[]} limits in order of time
 * @param {number} timeMs
 * @returns {Limit | null} the one that held
 */
export function inForce(limits, timeMs) {
  return limits[firstAfter(limits, timeMs) - 1] ?? null;
}

/** @returns {object[]} the findings that were going on at a time */
export function at(findings, timeMs) {
  return findings.filter(({ from, until }) => from <= timeMs && timeMs <= until);
}
