/** Serves the page of a family when the network does not: scripts and styles as kept, the page as last seen. */
import { NOW, PAGE, SHELL_CACHE, STATE_CACHE, forgetState } from "./state.js";

const SHELL = /^\/static\/[^/]+\.(js|css|svg|png)$/;

/** @param {ServiceWorkerGlobalScope} worker */
export function serveOffline(worker) {
  worker.addEventListener("install", () => worker.skipWaiting());
  worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
  worker.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== worker.location.origin) return;
    if (SHELL.test(pathname)) event.respondWith(networkFirst(request, SHELL_CACHE));
    else if (request.mode === "navigate" && pathname === PAGE) event.respondWith(pageOrLastSeen(request));
  });
}

async function networkFirst(request, cacheName) {
  const cache = await caches.open(cacheName);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request);
    if (kept) return kept;
    throw error;
  }
}

async function pageOrLastSeen(request) {
  try {
    const response = await fetch(request);
    if (response.redirected || !response.ok) await forgetState();
    else await keepPage(response.clone());
    return response;
  } catch (error) {
    const kept = await (await caches.open(STATE_CACHE)).match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

/** The page that comes anew holds the newest: what was polled before it is older. */
async function keepPage(response) {
  const cache = await caches.open(STATE_CACHE);
  await cache.delete(NOW);
  await cache.put(PAGE, response);
}
