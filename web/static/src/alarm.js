/** The page of one alarm: where the bus was and how fast, with the alarm marked on both. */
import { drawScene } from "./alarms/scene.js";

const config = JSON.parse(document.getElementById("page-config").textContent);
const scene = document.getElementById("scene");
if (scene && config.track) await drawScene(scene, config);
