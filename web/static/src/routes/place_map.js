/** A small map that only shows: where a stop lies, or the ways of a route with their stops. */
import { LineLayer, StopLayer, openGround } from "./ground.js";

/** @param {HTMLElement} root @param {object} config */
export async function openPlaceMap(root, config) {
  const lines = new LineLayer(config.lines);
  const stops = new StopLayer(config.stops);
  const places = () => [...config.lines.flat(), ...config.stops.map(({ lon, lat }) => [lon, lat])];
  const ground = await openGround(root, config, places, [lines, stops]);
  if (!ground) return;
  lines.attach(ground);
  stops.attach(ground);
}
