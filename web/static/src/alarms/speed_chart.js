/** Speed over time with the limit, and the stretch that something was found in shaded. */
import uPlot from "uplot";
import { onThemeChange } from "../shared/theme_switch.js";
import { token } from "../live/palette.js";

const HEIGHT_PX = 280;
const KMH_PER_MPS = 3.6;

/**
 * @param {HTMLElement} root
 * @param {object} options
 * @param {[number, number, number, number | null, number][]} options.points epoch ms, lon, lat, m/s, doubtful
 * @param {number} options.from epoch ms, beginning of what is shaded
 * @param {number} options.until
 * @param {number | null} options.limitKmh
 * @param {string} options.timeZone IANA name
 * @param {{speed: string, limit: string, time: string, none: string}} options.words
 * @param {(index: number) => void} options.onPoint the pointer is over a report
 */
export function drawSpeedChart(root, { points, from, until, limitKmh, timeZone, words, onPoint }) {
  if (points.length < 2) {
    root.textContent = words.none;
    return;
  }
  const seconds = points.map(([time]) => time / 1000);
  const speeds = points.map(([, , , mps]) => (mps === null ? null : Math.round(mps * KMH_PER_MPS * 10) / 10));
  const limits = points.map(() => limitKmh);
  let chart = null;
  const draw = () => {
    chart?.destroy();
    chart = new uPlot(options(root, { words, limitKmh, timeZone, from, until, onPoint }), [seconds, speeds, limits], root);
  };
  draw();
  onThemeChange(draw);
  new ResizeObserver(() => chart.setSize({ width: root.clientWidth - 24, height: HEIGHT_PX })).observe(root);
}

function options(root, { words, limitKmh, timeZone, from, until, onPoint }) {
  const axis = { stroke: token("ink-muted"), grid: { stroke: token("line"), width: 1 }, ticks: { stroke: token("line") } };
  return {
    width: root.clientWidth - 24,
    height: HEIGHT_PX,
    tzDate: (second) => uPlot.tzDate(new Date(second * 1e3), timeZone),
    scales: { kmh: { range: (_, __, most) => [0, Math.max(most, limitKmh ?? 0, 20) * 1.1] } },
    axes: [{ ...axis, values: clockTicks(timeZone) }, { ...axis, scale: "kmh", size: 44 }],
    series: [
      { label: words.time, value: (_, second) => (second === null ? "" : clock(timeZone, second)) },
      { label: words.speed, scale: "kmh", stroke: token("state-driving"), width: 2, spanGaps: false },
      { label: words.limit, scale: "kmh", stroke: token("danger"), width: 1.5, dash: [6, 4], show: limitKmh !== null, points: { show: false } },
    ],
    hooks: {
      drawClear: [(plot) => shade(plot, from / 1000, until / 1000)],
      setCursor: [(plot) => plot.cursor.idx !== null && plot.cursor.idx !== undefined && onPoint(plot.cursor.idx)],
    },
  };
}

function shade(plot, from, until) {
  const left = plot.valToPos(from, "x", true);
  const right = Math.max(left + 2, plot.valToPos(until, "x", true));
  plot.ctx.save();
  plot.ctx.fillStyle = token("danger-soft");
  plot.ctx.fillRect(left, plot.bbox.top, right - left, plot.bbox.height);
  plot.ctx.restore();
}

const clock = (timeZone, second) => new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" }).format(second * 1000);
const clockTicks = (timeZone) => (_, seconds) => seconds.map((second) => clock(timeZone, second).slice(0, 5));
