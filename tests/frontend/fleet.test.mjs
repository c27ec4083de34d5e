/** The store of buses and the order and filter of the list. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Filter } from "../../web/static/src/live/filter.js";
import { Fleet, State } from "../../web/static/src/live/fleet.js";
import { busesNear } from "../../web/static/src/live/hittest.js";
import { boundsOfBuses } from "../../web/static/src/live/home.js";

const asIs = (lon, lat) => [lon, lat];

function bus(id, { plate = `苏E${id}`, state = State.DRIVING, timeMs = 1000, lon = 120, lat = 31, speed = 10, ...rest } = {}) {
  return {
    id, plate, operator: "校安客运", school: "湖西小学", route: null, driver: null, device: true,
    row: [id, timeMs, lon, lat, speed, 90, timeMs, state], ...rest,
  };
}

function fleetOf(...buses) {
  const fleet = new Fleet(asIs);
  fleet.replaceAll(buses);
  return fleet;
}

function listed(fleet, settings = {}, onAlarm = new Uint8Array(fleet.size)) {
  const filter = Object.assign(new Filter(fleet, "zh-hans"), settings);
  return { filter, ids: Array.from(filter.run(onAlarm), (slot) => fleet.buses[slot].id) };
}

test("an older report never moves a bus back", () => {
  const fleet = fleetOf(bus(1, { timeMs: 5000, lon: 120.5 }));
  fleet.apply([[1, 4000, 120.1, 31, 3, 0, 4000, State.STANDING]]);
  assert.equal(fleet.lon[fleet.slot(1)], 120.5);
  assert.equal(fleet.state[fleet.slot(1)], State.DRIVING);
});

test("a bus without satellites keeps its last place and is heard anew", () => {
  const fleet = fleetOf(bus(1, { timeMs: 5000, lon: 120.5 }));
  fleet.apply([[1, 5000, 120.5, 31, null, null, 9000, State.NO_FIX]]);
  const slot = fleet.slot(1);
  assert.equal(fleet.lon[slot], 120.5);
  assert.equal(fleet.timeMs[slot], 5000);
  assert.equal(fleet.heardMs[slot], 9000);
  assert.equal(fleet.state[slot], State.NO_FIX);
});

test("a bus never seen is listed and not on the map", () => {
  const fleet = fleetOf({ ...bus(1), row: [1, null, null, null, null, null, null, State.UNKNOWN] });
  assert.equal(fleet.hasPosition(fleet.slot(1)), false);
  assert.deepEqual(listed(fleet).ids, [1]);
});

test("rows of buses that are not ours are passed over", () => {
  const fleet = fleetOf(bus(1));
  assert.equal(fleet.apply([[99, 2000, 120, 31, 1, 1, 2000, 1]]), 0);
});

test("removing a bus leaves the others whole", () => {
  const fleet = fleetOf(bus(1), bus(2, { lon: 121 }), bus(3, { lon: 122 }));
  fleet.remove(1);
  assert.equal(fleet.size, 2);
  assert.equal(fleet.slot(1), -1);
  assert.equal(fleet.lon[fleet.slot(3)], 122);
  assert.equal(fleet.buses[fleet.slot(2)].id, 2);
});

test("a snapshot forgets what is not in it", () => {
  const fleet = fleetOf(bus(1, { timeMs: 9000 }), bus(2));
  fleet.replaceAll([bus(2, { timeMs: 3000 }), bus(1, { timeMs: 4000 })]);
  assert.equal(fleet.timeMs[fleet.slot(1)], 4000);
  assert.equal(fleet.timeMs[fleet.slot(2)], 3000);
});

test("more buses fit than were foreseen", () => {
  const fleet = fleetOf(...Array.from({ length: 3000 }, (_, index) => bus(index + 1, { lon: 100 + index / 1000 })));
  assert.equal(fleet.lon[fleet.slot(1)], 100);
  assert.equal(fleet.lon[fleet.slot(3000)], 102.999);
});

test("alarms come first, then by urgency, then by plate", () => {
  const fleet = fleetOf(
    bus(1, { plate: "B", state: State.STANDING }),
    bus(2, { plate: "C" }),
    bus(3, { plate: "A" }),
    bus(4, { plate: "D", state: State.SPEEDING }),
    bus(5, { plate: "E", state: State.STANDING }),
  );
  const onAlarm = new Uint8Array(5);
  onAlarm[fleet.slot(5)] = 1;
  assert.deepEqual(listed(fleet, {}, onAlarm).ids, [5, 4, 3, 2, 1]);
});

test("plates are ordered as numbers, not as letters", () => {
  const fleet = fleetOf(bus(1, { plate: "苏E10" }), bus(2, { plate: "苏E9" }));
  assert.deepEqual(listed(fleet, { order: "plate" }).ids, [2, 1]);
});

test("the bus silent longest, or the fastest, can come first", () => {
  const fleet = fleetOf(
    bus(1, { timeMs: 90_000, speed: 5 }), bus(2, { timeMs: 30_000, speed: 15 }), bus(3, { timeMs: 60_000, speed: 25 }),
  );
  assert.deepEqual(listed(fleet, { order: "age" }).ids, [2, 3, 1]);
  assert.deepEqual(listed(fleet, { order: "speed" }).ids, [3, 2, 1]);
});

test("every word of the search must be found somewhere on the bus", () => {
  const fleet = fleetOf(bus(1, { route: "3 号线" }), bus(2, { school: "金桥幼儿园", route: "3 号线" }));
  assert.deepEqual(listed(fleet, { query: "号线" }).ids, [1, 2]);
  assert.deepEqual(listed(fleet, { query: "金桥 3" }).ids, [2]);
  assert.deepEqual(listed(fleet, { query: "苏e1" }).ids, [1]);
});

test("counts beside the states do not change when a state is chosen", () => {
  const fleet = fleetOf(bus(1), bus(2, { state: State.STANDING }));
  const { filter, ids } = listed(fleet, { states: new Set([State.STANDING]) });
  assert.deepEqual(ids, [2]);
  assert.deepEqual([...filter.counts], [0, 1, 1, 0, 0]);
});

test("a search sees a bus renamed after it began", () => {
  const fleet = fleetOf(bus(1));
  const filter = Object.assign(new Filter(fleet, "en"), { query: "new" });
  const onAlarm = new Uint8Array(1);
  assert.equal(filter.run(onAlarm).length, 0);
  fleet.put(bus(1, { plate: "NEW" }));
  assert.equal(filter.run(onAlarm).length, 1);
});

test("the nearest of the buses under the pointer comes first", () => {
  const fleet = fleetOf(bus(1, { lon: 120 }), bus(2, { lon: 120.001 }), bus(3, { lon: 121 }));
  const [x, y] = [fleet.x[fleet.slot(2)], fleet.y[fleet.slot(2)]];
  assert.deepEqual(busesNear(fleet, x, y, 0.001 / 180).map((slot) => fleet.buses[slot].id), [2, 1]);
});

test("bounds of the buses hold all that have a position; of none there are none", () => {
  const never = { ...bus(3), row: [3, null, null, null, null, null, null, State.UNKNOWN] };
  const fleet = fleetOf(bus(1, { lon: 120, lat: 31 }), bus(2, { lon: 119, lat: 33 }), never);
  assert.deepEqual(boundsOfBuses(fleet), [[119, 31], [120, 33]]);
  assert.equal(boundsOfBuses(fleetOf(never)), null);
});

test("a bus that carries a pupil of the name is listed beside those that match by themselves", () => {
  const fleet = fleetOf(bus(1), bus(2), bus(3, { school: "城东小学" }));
  const { filter, ids } = listed(fleet, { query: "王小明", others: new Set([2, 3]) });
  assert.deepEqual(ids, [2, 3]);
  filter.school = "湖西小学";
  assert.deepEqual(Array.from(filter.run(new Uint8Array(3)), (slot) => fleet.buses[slot].id), [2]);
});

test("a bus is found by who drives it, from the moment that is told", () => {
  const fleet = fleetOf(bus(1), bus(2));
  fleet.setDrivers([[2, "李伟"], [99, "张三"]]);
  assert.deepEqual(listed(fleet, { query: "李" }).ids, [2]);
  fleet.setDrivers([[2, null]]);
  assert.deepEqual(listed(fleet, { query: "李" }).ids, []);
});
