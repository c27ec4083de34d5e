/** Where a replay is seen: the map with the track, the bus and what was found, and the chart of speeds. */
import { TrailLayer } from "../live/trail_layer.js";
import { toMapDatum } from "../live/projection.js";
import { openGround, placed } from "../routes/ground.js";
import { drawSpeedChart } from "../shared/speed_chart.js";
import { limitAt } from "./moments.js";

/**
 * @param {HTMLElement} root holds `[data-part=map]`, `[data-part=no-map]` and `[data-part=chart]`
 * @param {object} config as the server gives it
 * @param {object} options
 * @param {import("../live/trail_shape.js").TrailPoint[]} options.points all reports, for the track
 * @param {import("../live/trail_shape.js").TrailPoint[]} options.trusted those that the bus is shown by
 * @param {import("./moments.js").Limit[]} options.limits that held
 * @param {(timeMs: number) => void} options.onPick a time was chosen on the chart or the map
 * @returns {Promise<{show: (timeMs: number, moment: import("./moments.js").Moment) => void}>}
 */
export async function openStage(root, config, { points, trusted, limits, onPick }) {
  const track = new TrailLayer(toMapDatum(config.tiles?.datum ?? "wgs84"));
  track.draw(points);
  const places = () => trusted.map(([, lon, lat]) => [lon, lat]);
  const chart = drawSpeedChart(root.querySelector("[data-part=chart]"), {
    points: trusted,
    shades: config.findings,
    limitAt: (timeMs) => limitAt(config.findings, limits, timeMs),
    span: [config.since, config.until],
    timeZone: config.time_zone,
    words: config.chart,
    onPick,
  });
  const ground = await openGround(root, config, places, [track]);
  const bus = ground && trusted.length > 0 ? placed(ground, trusted[0].slice(1, 3), "scene-bus") : null;
  if (ground) {
    track.attach(ground.map);
    markFindings(ground, config.findings, onPick);
  }
  return {
    show(timeMs, { kind, index }) {
      chart?.showTime(timeMs);
      if (!bus) return;
      const [, lon, lat] = trusted[index ?? 0];
      const place = ground.toMap(lon, lat);
      bus.setLngLat(place);
      bus.getElement().classList.toggle("is-lost", kind !== "report");
      if (!ground.map.getBounds().contains(place)) ground.map.panTo(place);
    },
  };
}

/** Marks for the pointer; the list of findings leads to the same times by keyboard. */
function markFindings(ground, findings, onPick) {
  for (const { label, place, from } of findings) {
    if (!place) continue;
    const element = placed(ground, place, "scene-peak is-link").getElement();
    element.title = label;
    element.addEventListener("click", () => onPick(from));
  }
}
