/** Keeps a family's cards fresh by polling; counts their minutes; shows what was last known without a network. */
import { readStrings, translator } from "../shared/i18n.js";
import { NOW, STATE_CACHE, forgetState } from "./state.js";

const POLL_MS = 8000;
const TICK_MS = 1000;
const OLD_MS = 60_000;
const MINUTE_MS = 60_000;

/** @param {object} config as the server gives it in `#page-config` */
export async function startFamilyPage(config) {
  const element = (id) => document.getElementById(id);
  const t = translator(readStrings(element("strings")), config.language);
  const page = { config, t, cards: element("cards"), offline: element("offline"), since: element("offline-since"), tag: config.tag, maps: new Map() };
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/family/worker.js").catch(() => {});
  setInterval(() => tick(page), TICK_MS);
  setInterval(() => { if (!document.hidden) poll(page); }, POLL_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(page); });
  window.addEventListener("online", () => poll(page));
  await poll(page, { anew: true });
  tick(page);
}

/** @param {{anew?: boolean}} options `anew`: the maps are not drawn yet, so the answer is wanted whole */
async function poll(page, { anew = false } = {}) {
  try {
    const response = await fetch(page.config.now, { cache: "no-store", headers: anew ? {} : { "If-None-Match": page.tag } });
    if (response.redirected || response.status === 403) {
      await forgetState();
      location.reload();
      return;
    }
    if (response.status === 304) {
      await markKnown(page, response);
    } else if (response.ok) {
      page.tag = response.headers.get("ETag");
      await markKnown(page, response);
      await keep(response.clone());
      show(page, await response.json());
    }
  } catch {
    await showLastKnown(page);
  }
}

async function markKnown(page, response) {
  page.offline.hidden = true;
  page.since.dateTime = new Date(response.headers.get("Date") ?? Date.now()).toISOString();
}

async function keep(response) {
  if ("caches" in window) await (await caches.open(STATE_CACHE)).put(NOW, response);
}

/** Says since when nothing is known; a page that was opened without a network shows what was polled last. */
async function showLastKnown(page) {
  if (page.offline.hidden && "caches" in window) {
    const kept = await (await caches.open(STATE_CACHE)).match(NOW);
    if (kept) {
      page.since.dateTime = new Date(kept.headers.get("Date") ?? page.since.dateTime).toISOString();
      show(page, await kept.json());
    }
  }
  page.since.textContent = new Date(page.since.dateTime).toLocaleTimeString(page.config.language, { hour: "2-digit", minute: "2-digit" });
  page.offline.hidden = false;
}

/** New cards keep the maps that they had. */
function show(page, { cards, maps }) {
  const fresh = document.createRange().createContextualFragment(cards);
  for (const { id } of maps) {
    const drawn = page.maps.get(id);
    if (drawn) fresh.getElementById(id)?.replaceWith(drawn.container);
  }
  page.cards.replaceChildren(fresh);
  tick(page);
  const wanted = new Set(maps.map(({ id }) => id));
  for (const [id, drawn] of page.maps) {
    if (wanted.has(id)) continue;
    drawn.remove();
    page.maps.delete(id);
  }
  for (const one of maps) drawMap(page, one).catch(() => {});
}

async function drawMap(page, one) {
  if (!page.maps.has(one.id)) {
    const container = document.getElementById(one.id);
    if (!container) return;
    page.drawing ??= import(new URL(page.config.map_script, location.href).href);
    const { drawSmallMap } = await page.drawing;
    if (page.maps.has(one.id)) return;
    page.maps.set(one.id, await drawSmallMap({ container: document.getElementById(one.id) ?? container, config: page.config, t: page.t }));
  }
  page.maps.get(one.id).show(one);
}

/** Minutes until the bus, and ages that have grown old. */
function tick({ cards, t, maps }) {
  for (const minutes of cards.querySelectorAll("[data-part='minutes']")) {
    const low = Math.max(0, Math.floor((Number(minutes.dataset.low) - Date.now()) / MINUTE_MS));
    const high = Math.max(low + 1, Math.ceil((Number(minutes.dataset.high) - Date.now()) / MINUTE_MS));
    const text = high <= 1 ? t("now") : t("minutes", { low, high });
    if (minutes.textContent !== text) minutes.textContent = text;
  }
  for (const age of cards.querySelectorAll(".family-age")) {
    age.dataset.age = Date.now() - Date.parse(age.dateTime) > OLD_MS ? "old" : "fresh";
  }
  for (const drawn of maps.values()) drawn.tick(OLD_MS);
}
