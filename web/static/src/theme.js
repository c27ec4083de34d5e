/** Sets the chosen theme before the page is painted, so that it never flashes in the other one. */
const chosen = localStorage.getItem("theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
