/** The search for the bus of a pupil: after a pause, for names only, and a newer question puts off an older one. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { PupilSearch } from "../../web/static/src/live/pupil_search.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));
let asked = [];
let answer = {};
let found = [];
let note = {};

function search(url = "/pupil-bus/") {
  note = {};
  found = [];
  const t = (key, values) => [key, ...Object.values(values ?? {})].join(" ");
  return new PupilSearch({ url, token: () => "token", note, t, onFound: (buses) => found.push([...buses]) });
}

async function pause() {
  mock.timers.tick(500);
  await settled();
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  asked = [];
  answer = { buses: [{ id: 7, plate: "苏E00007" }], is_vague: false };
  globalThis.fetch = async (url, { body, headers }) => {
    asked.push([url, body.get("name"), headers["X-CSRFToken"]]);
    return { ok: true, json: async () => answer };
  };
});

test("the server is asked once typing pauses, in the body, and the bus is told", async () => {
  const pupils = search();
  pupils.ask("王小");
  pupils.ask("王小明");
  assert.deepEqual(asked, []);
  await pause();
  assert.deepEqual(asked, [["/pupil-bus/", "王小明", "token"]]);
  assert.deepEqual(found.at(-1), [7]);
  assert.equal(note.textContent, "pupil_bus 苏E00007");
  assert.equal(note.hidden, false);
});

test("a plate, a single character and whom nobody may look for are never asked about", async () => {
  for (const query of ["苏E12345", "王", ""]) search().ask(query);
  search(null).ask("王小明");
  await pause();
  assert.deepEqual(asked, []);
});

test("what was found goes as soon as something else is typed", async () => {
  const pupils = search();
  pupils.ask("王小明");
  await pause();
  pupils.ask("王小");
  assert.deepEqual(found.at(-1), []);
  assert.equal(note.hidden, true);
});

test("a name that many have is told so, and a failure too", async () => {
  answer = { buses: [], is_vague: true };
  search().ask("王小");
  await pause();
  assert.equal(note.textContent, "pupils_many");
  globalThis.fetch = async () => ({ ok: false, status: 500 });
  search().ask("王小");
  await pause();
  assert.equal(note.textContent, "pupil_search_failed");
});
