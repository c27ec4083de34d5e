/** How fresh a position is, in the three grades that the ring, the list and the card show alike. */

/**
 * @param {{fresh_s: number, ageing_s: number}} limits seconds
 * @returns {(ageMs: number) => "fresh" | "ageing" | "old"} never heard of counts as old
 */
export function ageGrader({ fresh_s: freshS, ageing_s: ageingS }) {
  return (ageMs) => (ageMs < freshS * 1000 ? "fresh" : ageMs < ageingS * 1000 ? "ageing" : "old");
}
