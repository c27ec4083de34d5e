/** The reports of a replay and the limits that held, which come in parts. */

/**
 * @param {string} address of the first part; each part names the next
 * @param {(untilMs: number) => void} onPart told up to when the reports have come
 * @returns {Promise<{points: import("../live/trail_shape.js").TrailPoint[], limits: import("./moments.js").Limit[]}>}
 *   all of them, in order of time
 */
export async function readTrack(address, onPart) {
  const points = [];
  const limits = [];
  for (let next = address; next; ) {
    const response = await fetch(next);
    if (!response.ok) throw new Error(`${next}: ${response.status}`);
    const part = await response.json();
    for (const point of part.points) points.push(point);
    for (const limit of part.limits) limits.push(limit);
    onPart(part.until);
    next = part.next;
  }
  return { points, limits };
}
