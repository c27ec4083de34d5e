/** Findings as bars and alarms as a line, for each day. */
import uPlot from "uplot";
import { onThemeChange } from "../shared/theme_switch.js";
import { token } from "../live/palette.js";

const HEIGHT_PX = 260;
const PADDING_PX = 24;
const DAY_S = 24 * 3600;

/**
 * @param {HTMLElement} root
 * @param {object} options
 * @param {string[]} options.days ISO dates
 * @param {number[]} options.findings for each day
 * @param {number[]} options.alarms for each day
 * @param {{day: string, findings: string, alarms: string}} options.words
 */
export function drawDayChart(root, { days, findings, alarms, words }) {
  const seconds = days.map((day) => Date.parse(`${day}T00:00:00Z`) / 1000);
  let chart = null;
  const draw = () => {
    chart?.destroy();
    chart = new uPlot(chartOptions(root, words, days), [seconds, findings, alarms], root);
  };
  draw();
  onThemeChange(draw);
  new ResizeObserver(() => chart.setSize({ width: root.clientWidth - PADDING_PX, height: HEIGHT_PX })).observe(root);
}

function chartOptions(root, words, days) {
  const axis = { stroke: token("ink-muted"), grid: { stroke: token("line"), width: 1 }, ticks: { stroke: token("line") } };
  const monthAndDay = (second) => new Date(second * 1000).toISOString().slice(5, 10);
  return {
    width: root.clientWidth - PADDING_PX,
    height: HEIGHT_PX,
    tzDate: (second) => uPlot.tzDate(new Date(second * 1e3), "Etc/UTC"),
    scales: {
      x: { range: (_, first, last) => [first - DAY_S / 2, last + DAY_S / 2] },
      y: { range: (_, __, most) => [0, Math.max(most, 4) * 1.1] },
    },
    axes: [
      { ...axis, incrs: [1, 2, 7, 14, 28, 56].map((count) => count * DAY_S), values: (_, seconds) => seconds.map(monthAndDay) },
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] },
    ],
    series: [
      { label: words.day, value: (_, second, __, index) => (index === null ? "" : days[index]) },
      { label: words.findings, stroke: token("state-driving"), fill: token("state-driving"), paths: uPlot.paths.bars({ size: [0.6, 60] }), points: { show: false } },
      { label: words.alarms, stroke: token("danger"), width: 2, points: { show: true, size: 6 } },
    ],
  };
}
