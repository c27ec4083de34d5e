/** The replay of a bus's driving. */
import { startReplay } from "./replay/player.js";

await startReplay(document.getElementById("replay"), JSON.parse(document.getElementById("page-config").textContent));
