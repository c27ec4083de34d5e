/** The tabs of the side panels on a phone: one of "buses" and "alarms" is seen, in a sheet that can be raised. */

/** @param {HTMLElement} sheet */
export function wireSheet(sheet) {
  const tabs = [...sheet.querySelectorAll("[role='tab']")];
  const show = (tab) => {
    sheet.dataset.shown = tab.dataset.tab;
    for (const other of tabs) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
    }
  };
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener("click", () => {
      if (sheet.dataset.shown === tab.dataset.tab) sheet.toggleAttribute("data-raised");
      show(tab);
    });
    tab.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const next = tabs[(index + 1) % tabs.length];
      show(next);
      next.focus();
    });
  }
  const handle = sheet.querySelector("[data-part='handle']");
  handle.addEventListener("click", () => sheet.toggleAttribute("data-raised"));
  show(tabs[0]);
}
