/** What every page needs: the theme switch, menus that close when left, ages that count, parts that stay fresh. */
import { forgetState } from "./parent/state.js";
import { keepAges } from "./shared/ago.js";
import { closeMenusWhenLeft } from "./shared/menus.js";
import { keepFresh } from "./shared/refresh.js";
import { wireThemeSwitch } from "./shared/theme_switch.js";

wireThemeSwitch(document);
closeMenusWhenLeft(document);
keepAges(document);
keepFresh(document);
// Who signs out leaves nothing of a child on the phone.
for (const form of document.querySelectorAll("form[action^='/sign-out/']")) form.addEventListener("submit", () => { forgetState(); });
