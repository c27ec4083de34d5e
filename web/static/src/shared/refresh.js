/** Parts of a page that keep themselves up to date, `[data-refresh-s]`, but never under the user's hands. */

/** @param {Document} root */
export function keepFresh(root) {
  for (const part of root.querySelectorAll("[data-refresh-s]")) {
    setInterval(() => refresh(part), Number(part.dataset.refreshS) * 1000);
  }
}

async function refresh(part) {
  const isBusy = part.contains(document.activeElement) || [...part.querySelectorAll("input")].some((input) => input.value !== input.defaultValue);
  if (isBusy || document.hidden) return;
  const response = await fetch(location.href).catch(() => null);
  if (!response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById(part.id);
  if (fresh) part.replaceChildren(...fresh.childNodes);
  else location.reload();
}
