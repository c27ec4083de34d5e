/** Maps of stops and routes, and the phone's place for who inspects stops. Read this file first. */
import { wireHere } from "./routes/here.js";
import { PatternEditor } from "./routes/pattern_editor.js";
import { openPlaceMap } from "./routes/place_map.js";
import { StopMap } from "./routes/stop_map.js";

const config = JSON.parse(document.getElementById("page-config").textContent);

for (const form of document.querySelectorAll("[data-here]")) wireHere(form, config.words);
for (const element of document.querySelectorAll("[data-place-map]")) await openPlaceMap(element, config);
const stops = document.getElementById("stop-map");
if (stops?.querySelector("[data-part=map]")) window.stopMap = await new StopMap(stops, config).start();
const editor = document.getElementById("pattern-editor");
if (editor) window.patternEditor = await new PatternEditor(editor, config).start();
