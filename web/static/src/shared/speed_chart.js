/** Speed over time with the limits, and the stretches in which something was found shaded. */
import uPlot from "uplot";
import { token } from "../live/palette.js";
import { speedRows } from "./speed_rows.js";
import { onThemeChange } from "./theme_switch.js";

const HEIGHT_PX = 280;
const MARGIN_PX = 24;

/**
 * @param {HTMLElement} root
 * @param {object} options
 * @param {import("../live/trail_shape.js").TrailPoint[]} options.points
 * @param {{from: number, until: number}[]} options.shades epoch ms
 * @param {(timeMs: number) => number | null} options.limitAt km/h
 * @param {[number, number] | null} [options.span] epoch ms that the axis holds at least
 * @param {string} options.timeZone IANA name
 * @param {{speed: string, limit: string, time: string, none: string}} options.words
 * @param {(index: number) => void} [options.onPoint] the pointer is over a report
 * @param {(timeMs: number) => void} [options.onPick] a time was clicked
 * @returns {{showTime: (timeMs: number) => void} | null} null where there is nothing to draw
 */
export function drawSpeedChart(root, { points, shades, limitAt, span = null, timeZone, words, onPoint, onPick }) {
  if (points.length < 2) {
    root.textContent = words.none;
    return null;
  }
  const rows = speedRows(points, limitAt, span);
  const now = document.createElement("div");
  now.className = "speed-chart-now";
  now.hidden = true;
  let chart = null;
  let shownMs = null;
  const showTime = (timeMs) => {
    shownMs = timeMs;
    const left = chart.valToPos(timeMs / 1000, "x");
    now.hidden = !(left >= 0 && left <= chart.over.clientWidth);
    now.style.transform = `translateX(${left}px)`;
  };
  const follow = () => shownMs !== null && chart && showTime(shownMs);
  const draw = () => {
    chart?.destroy();
    chart = null;
    chart = new uPlot(
      options(root, { words, rows, timeZone, shades, onPoint, onDraw: follow }),
      [rows.seconds, rows.speeds, rows.limits],
      root,
    );
    chart.over.append(now);
    if (onPick) chart.over.addEventListener("click", (event) => onPick(chart.posToVal(event.offsetX, "x") * 1000));
  };
  draw();
  onThemeChange(draw);
  new ResizeObserver(() => chart.setSize({ width: root.clientWidth - MARGIN_PX, height: HEIGHT_PX })).observe(root);
  return { showTime };
}

function options(root, { words, rows, timeZone, shades, onPoint, onDraw }) {
  const axis = { stroke: token("ink-muted"), grid: { stroke: token("line"), width: 1 }, ticks: { stroke: token("line") } };
  const mostAllowed = rows.limits.reduce((most, limit) => Math.max(most, limit ?? 0), 0);
  const tellPoint = ({ cursor }) => {
    const index = rows.indexes[cursor.idx] ?? null;
    if (index !== null) onPoint?.(index);
  };
  return {
    width: root.clientWidth - MARGIN_PX,
    height: HEIGHT_PX,
    tzDate: (second) => uPlot.tzDate(new Date(second * 1e3), timeZone),
    scales: { kmh: { range: (_, __, most) => [0, Math.max(most, mostAllowed, 20) * 1.1] } },
    axes: [{ ...axis, values: clockTicks(timeZone) }, { ...axis, scale: "kmh", size: 44 }],
    series: [
      { label: words.time, value: (_, second) => (second === null ? "" : clock(timeZone, second)) },
      { label: words.speed, scale: "kmh", stroke: token("state-driving"), width: 2, spanGaps: false },
      { label: words.limit, scale: "kmh", stroke: token("danger"), width: 1.5, dash: [6, 4], show: mostAllowed > 0, points: { show: false } },
    ],
    hooks: {
      drawClear: [(plot) => shades.forEach(({ from, until }) => shade(plot, from / 1000, until / 1000))],
      draw: [onDraw],
      setCursor: [tellPoint],
    },
  };
}

function shade(plot, from, until) {
  const left = plot.valToPos(from, "x", true);
  const right = Math.max(left + 2, plot.valToPos(until, "x", true));
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  plot.ctx.clip();
  plot.ctx.fillStyle = token("danger-soft");
  plot.ctx.fillRect(left, plot.bbox.top, right - left, plot.bbox.height);
  plot.ctx.restore();
}

const clock = (timeZone, second) => new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" }).format(second * 1000);
const clockTicks = (timeZone) => (_, seconds) => seconds.map((second) => clock(timeZone, second).slice(0, 5));
