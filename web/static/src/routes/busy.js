/** Says that work has begun where a form's answer takes some seconds, and takes the button back until it is there. */

/** @param {HTMLFormElement} form with `[data-busy-told]` */
export function wireBusy(form) {
  const set = (isBusy) => {
    form.querySelector("[data-busy-told]").hidden = !isBusy;
    form.setAttribute("aria-busy", String(isBusy));
    for (const button of form.querySelectorAll("button")) button.disabled = isBusy;
  };
  form.addEventListener("submit", () => set(true));
  window.addEventListener("pageshow", () => set(false));
}
