/** The page of a family: keeps its cards fresh, counts minutes, draws the small maps, and works offline. */
import { startFamilyPage } from "./parent/page.js";

startFamilyPage(JSON.parse(document.getElementById("page-config").textContent));
