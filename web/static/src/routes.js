/** Maps of stops and routes, and the phone's place for who inspects stops. Read this file first. */
import { wireBusy } from "./routes/busy.js";
import { wireHere } from "./routes/here.js";
import { LearnedWay } from "./routes/learned_way.js";
import { PatternEditor } from "./routes/pattern_editor.js";
import { openPlaceMap } from "./routes/place_map.js";
import { StopMap } from "./routes/stop_map.js";

const config = JSON.parse(document.getElementById("page-config")?.textContent ?? "{}");

for (const form of document.querySelectorAll("[data-busy]")) wireBusy(form);
for (const form of document.querySelectorAll("[data-here]")) wireHere(form, config.words);
for (const element of document.querySelectorAll("[data-place-map]")) await openPlaceMap(element, config);
const stops = document.getElementById("stop-map");
if (stops?.querySelector("[data-part=map]")) window.stopMap = await new StopMap(stops, config).start();
const editor = document.getElementById("pattern-editor");
if (editor) window.patternEditor = await new PatternEditor(editor, config).start();
const learned = [...document.querySelectorAll("[data-learned-way]")];
if (learned.length) window.learnedWays = await Promise.all(learned.map((section) => new LearnedWay(section, config).start()));
