/** Has a guardian told on this browser. */
import { wirePush } from "./parent/push.js";

wirePush(document.getElementById("push"), document.getElementById("push-told"));
