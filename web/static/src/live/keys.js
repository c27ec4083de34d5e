/** Keyboard: one table of keys, alive where they mean nothing else; letters can be switched off (WCAG 2.1.4). */

const TEXT_FIELD = "input:not([type='checkbox'], [type='radio']), select, textarea";
const WIDGET = "button, a, summary, input, [role='listbox']";

/**
 * @param {Record<string, () => void>} actions by KeyboardEvent.key, with "Ctrl+" before it for one that is held with Ctrl or ⌘
 * @param {object} options
 * @param {Document} options.root
 * @param {() => boolean} options.areLettersOn whether keys that write a character act too
 */
export function wireKeys(actions, { root, areLettersOn }) {
  root.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    const isHeld = event.ctrlKey || event.metaKey;
    const action = actions[isHeld ? `Ctrl+${event.key}` : event.key];
    if (!action || root.querySelector("dialog[open]")) return;
    const isLetter = event.key.length === 1;
    if (isHeld) {
      event.preventDefault();
      action();
      return;
    }
    if (isLetter ? !areLettersOn() || event.target.closest(TEXT_FIELD) : event.key !== "Escape" && event.target.closest(WIDGET)) return;
    event.preventDefault();
    action();
  });
}
