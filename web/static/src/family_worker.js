/** The service worker of families: their page without a network, and pushes. */
import { serveOffline } from "./parent/offline.js";
import { showPushes } from "./parent/show_push.js";

serveOffline(self);
showPushes(self);
