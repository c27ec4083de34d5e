/** Shows a push, and opens the page when it is touched. */

/** @param {ServiceWorkerGlobalScope} worker */
export function showPushes(worker) {
  worker.addEventListener("push", (event) => {
    const { title, body, url, tag, lang } = event.data.json();
    event.waitUntil(worker.registration.showNotification(title, {
      body, tag, lang, data: { url }, icon: "/static/family-192.png", renotify: true,
    }));
  });
  worker.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(worker.clients, event.notification.data.url));
  });
}

async function open(clients, url) {
  const windows = await clients.matchAll({ type: "window" });
  const open = windows.find((one) => new URL(one.url).pathname === url);
  return open ? open.focus() : clients.openWindow(url);
}
