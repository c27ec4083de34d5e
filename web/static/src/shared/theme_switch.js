/** The light and dark switch: follows the system until the user chooses, and remembers the choice. */

const darkSystem = matchMedia("(prefers-color-scheme: dark)");

/** @returns {boolean} whether the page is shown dark now */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : darkSystem.matches;
}

/** @param {Document} root */
export function wireThemeSwitch(root) {
  for (const button of root.querySelectorAll("[data-theme-switch]")) {
    const show = () => button.setAttribute("aria-pressed", String(isDark()));
    button.addEventListener("click", () => {
      const theme = isDark() ? "light" : "dark";
      document.documentElement.dataset.theme = theme;
      localStorage.setItem("theme", theme);
      show();
      announceTheme();
    });
    show();
  }
  darkSystem.addEventListener("change", announceTheme);
}

/** @param {() => void} listener called after the page turned light or dark */
export function onThemeChange(listener) {
  addEventListener("themechange", listener);
}

function announceTheme() {
  dispatchEvent(new Event("themechange"));
}
