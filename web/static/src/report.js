/** The page of a report: its findings and alarms as bars, day by day. */
import { drawDayChart } from "./reports/day_chart.js";

const config = JSON.parse(document.getElementById("page-config").textContent);
const part = document.getElementById("report-chart");
if (part && config.days.length > 1) {
  part.hidden = false;
  drawDayChart(part.querySelector('[data-part="chart"]'), config);
}
