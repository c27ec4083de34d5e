/** Keyboard: one table of keys, alive everywhere but in a field that takes text. */

/**
 * @param {Record<string, () => void>} actions by KeyboardEvent.key
 * @param {Document} root
 */
export function wireKeys(actions, root) {
  root.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = event.target.closest("input:not([type='checkbox'], [type='radio']), select, textarea, [contenteditable]");
    if (isTyping && event.key !== "Escape") return;
    const isModal = root.querySelector("dialog[open]");
    if (isModal || !(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  });
}
