/** The coordinator's live page. Read this file first: what arrives, what is drawn, what the user can do. */
import { startLivePage } from "./live/page.js";

const readJson = (id) => JSON.parse(document.getElementById(id).textContent);

window.schoolrun = await startLivePage(readJson("page-config"));
