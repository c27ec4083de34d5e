/** What the page of a family keeps of children's data on the phone: its last state, in one cache, and no more. */

export const STATE_CACHE = "family-state";
export const SHELL_CACHE = "family-shell";
export const PAGE = "/family/";
export const NOW = "/family/now.json";

/** Forgets the last state: somebody signs out, or the session is over. */
export function forgetState() {
  return "caches" in globalThis ? caches.delete(STATE_CACHE) : Promise.resolve(false);
}
