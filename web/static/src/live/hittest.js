/** Which buses lie under a pointer, or in view: a plain scan, some 30 µs for ten thousand. */

/**
 * @param {import("./fleet.js").Fleet} fleet
 * @param {number} x @param {number} y web Mercator, 0 to 1
 * @param {number} radius in the same unit
 * @returns {number[]} slots, nearest first
 */
export function busesNear(fleet, x, y, radius) {
  const found = [];
  for (let slot = 0; slot < fleet.size; slot += 1) {
    const distance = Math.hypot(fleet.x[slot] - x, fleet.y[slot] - y);
    if (distance <= radius) found.push([distance, slot]);
  }
  return found.sort((a, b) => a[0] - b[0]).map(([, slot]) => slot);
}

/**
 * @param {import("./fleet.js").Fleet} fleet
 * @param {number} slot
 * @param {{west: number, east: number, north: number, south: number}} view web Mercator, 0 to 1, y to the south
 */
export function isInView(fleet, slot, view) {
  const x = fleet.x[slot];
  const y = fleet.y[slot];
  return x >= view.west && x <= view.east && y >= view.north && y <= view.south;
}
