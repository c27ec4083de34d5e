/** The small map of a family, loaded only where a bus may be seen. */
export { drawSmallMap } from "./parent/map.js";
