/** The replay's clock, what is known at a time, and the rows of the chart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ReplayClock } from "../../web/static/src/replay/clock.js";
import { at, inForce, limitAt, momentAt, neighbour } from "../../web/static/src/replay/moments.js";
import { speedRows } from "../../web/static/src/shared/speed_rows.js";

const SECOND = 1000;
const START = 1_790_000_000_000;
const point = (second, mps = 10) => [START + second * SECOND, 120, 30, mps, 0];
/** Reports each ten seconds, five minutes of silence, and two more. */
const POINTS = [point(0), point(10), point(20), point(320), point(330)];
const kindAt = (second) => momentAt(POINTS, START + second * SECOND).kind;

test("event time runs as many times as fast as it is told", () => {
  const clock = new ReplayClock(0, 100_000);
  clock.play(0);
  assert.equal(clock.at(1000), 1000);
  clock.setRate(10, 1000);
  assert.equal(clock.at(2000), 11_000);
  clock.pause(2000);
  assert.equal(clock.at(9000), 11_000);
});

test("the clock stops at the end, and plays again from the beginning", () => {
  const clock = new ReplayClock(0, 5000);
  clock.play(0);
  assert.equal(clock.at(7000), 5000);
  assert.equal(clock.isPlaying, false);
  clock.play(8000);
  assert.equal(clock.at(9000), 1000);
});

test("scrubbing keeps within the ends and goes on playing from there", () => {
  const clock = new ReplayClock(1000, 5000);
  clock.play(0);
  clock.seek(2000, 500);
  assert.equal(clock.at(1500), 3000);
  clock.seek(-9, 1500);
  assert.equal(clock.at(1500), 1000);
  assert.equal(new ReplayClock(1000, 5000, 99_000).at(0), 5000);
});

test("a report holds until the next, a long silence is a gap from the first second on", () => {
  assert.equal(kindAt(-1), "before");
  assert.equal(kindAt(0), "report");
  assert.equal(kindAt(9), "report");
  assert.equal(kindAt(20), "report");
  assert.equal(kindAt(21), "gap");
  assert.equal(kindAt(319), "gap");
  assert.equal(kindAt(320), "report");
  assert.equal(kindAt(380), "report");
  assert.equal(kindAt(400), "after");
  assert.equal(momentAt([], START).kind, "none");
});

test("in a gap the bus stays where it was reported last, and both ends are known", () => {
  assert.deepEqual(momentAt(POINTS, START + 100 * SECOND), {
    kind: "gap", index: 2, from: START + 20 * SECOND, until: START + 320 * SECOND,
  });
});

test("stepping goes from report to report, over gaps, and ends at the ends", () => {
  const step = (second, direction) => (neighbour(POINTS, START + second * SECOND, direction) - START) / SECOND;
  assert.equal(step(20, 1), 320);
  assert.equal(step(320, -1), 20);
  assert.equal(step(15, -1), 10);
  assert.equal(neighbour(POINTS, START + 330 * SECOND, 1), null);
  assert.equal(neighbour(POINTS, START, -1), null);
});

test("the limit at a time is the lowest that a finding went by, else the one that held", () => {
  const findings = [
    { from: 10, until: 20, limit_kmh: 60 },
    { from: 15, until: 30, limit_kmh: 40 },
    { from: 0, until: 99, limit_kmh: null },
  ];
  assert.deepEqual([5, 10, 15, 25, 31].map((time) => limitAt(findings, [], time)), [null, 60, 40, 40, null]);
  const limits = [[4, 50, "sign"], [28, null, ""], [31, 30, "hazard"]];
  assert.deepEqual([3, 5, 10, 28, 30, 31, 99].map((time) => limitAt(findings, limits, time)), [null, 50, 60, 40, 40, 30, 30]);
  assert.equal(inForce(limits, 3), null);
  assert.deepEqual(inForce(limits, 27), [4, 50, "sign"]);
  assert.equal(at(findings, 15).length, 3);
});

test("the chart's line breaks in a gap, and its axis holds the whole time", () => {
  const rows = speedRows(POINTS, () => 60, [START - 60 * SECOND, START + 400 * SECOND]);
  assert.deepEqual(rows.speeds, [null, 36, 36, 36, null, 36, 36, null]);
  assert.deepEqual(rows.indexes, [null, 0, 1, 2, null, 3, 4, null]);
  assert.deepEqual(rows.seconds.toSorted((a, b) => a - b), rows.seconds);
  assert.equal(rows.limits.every((limit) => limit === 60), true);
});
