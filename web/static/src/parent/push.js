/** Subscribes this browser to push, once the guardian asks for it. */

/**
 * @param {HTMLFormElement} form with the server's key in `data-key`
 * @param {HTMLElement} told where it is said why it can't be done
 */
export function wirePush(form, told) {
  const tell = (what) => told.querySelectorAll("[data-told]").forEach((one) => { one.hidden = one.dataset.told !== what; });
  if (!("serviceWorker" in navigator && "PushManager" in window)) {
    tell("unsupported");
    return;
  }
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if ((await Notification.requestPermission()) !== "granted") {
      tell("denied");
      return;
    }
    try {
      if (await subscribe(form)) location.reload();
      else tell("failed");
    } catch {
      tell("failed");
    }
  });
}

async function subscribe(form) {
  await navigator.serviceWorker.register("/family/worker.js");
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: form.dataset.key,
  });
  const { endpoint, keys } = subscription.toJSON();
  const body = new FormData(form);
  for (const [name, value] of Object.entries({ endpoint, ...keys, language: form.dataset.language })) body.set(name, value);
  const response = await fetch(form.action, { method: "POST", body });
  if (!response.ok) await subscription.unsubscribe();
  return response.ok;
}
