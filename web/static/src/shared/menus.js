/** Menus made of <details data-menu>: one open at a time, closed by Escape or by a click elsewhere. */

/** @param {Document} root */
export function closeMenusWhenLeft(root) {
  const openMenus = () => root.querySelectorAll("details[data-menu][open]");
  root.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopPropagation();
    }
  });
}
