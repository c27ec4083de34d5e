/** Colours of the map, read from the style sheet's tokens, so that light, dark and the list agree. */
import { STATE_NAMES } from "./fleet.js";

/** @param {string} name of a custom property without its dashes @returns {string} its value on this page now */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** @returns {Float32Array} RGB triples, 0 to 1: one for each state, then the paper behind a marker */
export function busPalette() {
  const names = [...STATE_NAMES.map((state) => `state-${state.replace("_", "-")}`), "marker-paper"];
  return Float32Array.from(names.flatMap((name) => rgb(token(name))));
}

function rgb(hex) {
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16) / 255);
}
