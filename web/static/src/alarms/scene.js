/** A stretch of driving on a map and as a chart of speeds; pointing at the chart shows the place on the map. */
import { LineLayer, openGround, placed } from "../routes/ground.js";
import { drawSpeedChart } from "../shared/speed_chart.js";

/**
 * @param {HTMLElement} root holds `[data-part=map]`, `[data-part=no-map]` and `[data-part=chart]`
 * @param {object} config as the server gives it
 */
export async function drawScene(root, config) {
  const response = await fetch(config.track);
  if (!response.ok) throw new Error(`${config.track}: ${response.status}`);
  const { points, from, until } = await response.json();
  const places = points.map(([, lon, lat]) => [lon, lat]);
  if (config.place) places.push(config.place);
  const line = new LineLayer([points.map(([, lon, lat]) => [lon, lat])]);
  const ground = await openGround(root, config, () => places, [line]);
  line.attach(ground ?? {});
  const bus = ground ? placed(ground, points[0]?.slice(1, 3) ?? config.place ?? [0, 0], "scene-bus") : null;
  if (ground && config.place) placed(ground, config.place, "scene-peak");
  drawSpeedChart(root.querySelector("[data-part=chart]"), {
    points, shades: [{ from, until }], limitAt: () => config.limit_kmh, timeZone: config.time_zone, words: config.chart,
    onPoint: (index) => bus?.setLngLat(ground.toMap(points[index][1], points[index][2])),
  });
}
