/** Buttons that copy what stands in a field: `<button hidden data-copy="its id" data-copied="what to say then">`. */
async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(field.value);
    button.nextElementSibling.textContent = button.dataset.copied;
  } catch {
    field.select(); // forbidden by the browser: the keys for copying are left
  }
}

// Browsers keep the clipboard from pages that come without encryption.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}
