/** What every page needs: the theme switch and menus that close when left. */
import { closeMenusWhenLeft } from "./shared/menus.js";
import { wireThemeSwitch } from "./shared/theme_switch.js";

wireThemeSwitch(document);
closeMenusWhenLeft(document);
