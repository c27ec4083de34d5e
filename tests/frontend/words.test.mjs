/** Words, numbers, ages and directions for people; the trail's shape; the pause before reconnecting. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ageGrader } from "../../web/static/src/live/age.js";
import { reconnectDelayMs } from "../../web/static/src/live/feed.js";
import { mercator, moveGeoJson } from "../../web/static/src/live/projection.js";
import { trailFeatures } from "../../web/static/src/live/trail_shape.js";
import { ago } from "../../web/static/src/shared/ago.js";
import { compassPoint, formatter, kilometresPerHour } from "../../web/static/src/shared/format.js";
import { translator } from "../../web/static/src/shared/i18n.js";

const STRINGS = {
  seconds: "{n} s", minutes: "{n} min", minutes_seconds: "{m} min {s} s", hours_minutes: "{h} h {m} min", days: "{n} days",
  ago: "{age} ago", just_now: "just now", buses: "{n} buses", buses_one: "1 bus", kmh: "{n} km/h",
};
const t = translator(STRINGS, "en");
const format = formatter({ language: "en", timeZone: "Asia/Shanghai", t });
const asIs = (lon, lat) => [lon, lat];

test("a count of one has its own words", () => {
  assert.equal(t("buses", { n: 1 }), "1 bus");
  assert.equal(t("buses", { n: 2 }), "2 buses");
});

test("missing words are an error, not an empty place", () => {
  assert.throws(() => t("nonsense"), /nonsense/);
});

test("speed is shown in whole kilometres per hour", () => {
  assert.equal(kilometresPerHour(16.67), 60);
  assert.equal(format.speed(0), "0 km/h");
});

test("directions are named by the nearest of eight", () => {
  assert.deepEqual([0, 22, 23, 90, 180, 337, 338, 360, -90].map(compassPoint), ["n", "n", "ne", "e", "s", "nw", "n", "n", "w"]);
});

test("ages go from seconds to days", () => {
  assert.deepEqual(
    [0, 14_000, 61_000, 3_661_000, 3 * 86_400_000].map((ms) => format.ago(ms)),
    ["just now", "14 s ago", "1 min ago", "1 h 1 min ago", "3 days ago"],
  );
});

test("a short episode is told to the second", () => {
  assert.equal(format.duration(95_000), "1 min 35 s");
});

test("times are in the zone of the buses, with the day when it is another", () => {
  const noonUtc = Date.UTC(2026, 10, 23, 12);
  assert.equal(format.time(noonUtc, noonUtc), "20:00:00");
  assert.match(format.time(noonUtc, noonUtc + 6 * 3_600_000), /23/);
});

test("relative times speak the page's language", () => {
  assert.equal(ago(8000, "en"), "8 seconds ago");
  assert.equal(ago(120_000, "zh-hans"), "2分钟前");
});

test("an age is fresh, then ageing, then old; never heard is old", () => {
  const grade = ageGrader({ fresh_s: 15, ageing_s: 60 });
  assert.deepEqual([14_999, 15_000, 59_999, 60_000, NaN].map(grade), ["fresh", "ageing", "ageing", "old", "old"]);
});

test("each failure to connect doubles the pause up to half a minute, spread over its upper half", () => {
  assert.equal(reconnectDelayMs(0, 1), 500);
  assert.equal(reconnectDelayMs(3, 1), 4000);
  assert.equal(reconnectDelayMs(3, 0), 2000);
  assert.equal(reconnectDelayMs(50, 1), 30_000);
});

test("silence breaks a trail in two lines with a gap between", () => {
  const points = [[0, 1, 1, 9, 0], [5000, 2, 1, 9, 0], [90_000, 5, 1, 9, 0], [95_000, 6, 1, 9, 0]];
  const { features } = trailFeatures(points, asIs);
  assert.deepEqual(features.map(({ properties, geometry }) => [properties.kind, geometry.coordinates]), [
    ["line", [[1, 1], [2, 1]]],
    ["gap", [[2, 1], [5, 1]]],
    ["line", [[5, 1], [6, 1]]],
  ]);
});

test("a doubtful point is shown beside the line, not on it", () => {
  const points = [[0, 1, 1, 9, 0], [5000, 50, 1, 9, 1], [10_000, 2, 1, 9, 0]];
  const { features } = trailFeatures(points, asIs);
  assert.deepEqual(features.map(({ properties }) => properties.kind), ["line", "doubt"]);
  assert.deepEqual(features[0].geometry.coordinates, [[1, 1], [2, 1]]);
});

test("an empty trail draws nothing", () => {
  assert.deepEqual(trailFeatures([], asIs).features, []);
});

test("web Mercator puts the null island in the middle", () => {
  assert.deepEqual(mercator(0, 0), [0.5, 0.5]);
  assert.ok(mercator(120, 31)[1] < 0.5);
});

test("every kind of geometry is moved, and the original is left alone", () => {
  const polygon = { type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[[0, 0], [1, 1]]] } }] };
  const moved = moveGeoJson(polygon, (lon, lat) => [lon + 1, lat + 2]);
  assert.deepEqual(moved.features[0].geometry.coordinates, [[[1, 2], [2, 3]]]);
  assert.deepEqual(polygon.features[0].geometry.coordinates, [[[0, 0], [1, 1]]]);
});
