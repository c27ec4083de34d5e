/** The map of stops with its list in step: stops are dragged where they are, and new ones put where they will be. */
import { Marker } from "maplibre-gl";
import { StopLayer, openGround } from "./ground.js";

const MOST_LISTED = 200;
const EARTH_RADIUS_M = 6_371_008.8;
const RAD = Math.PI / 180;

export class StopMap {
  #root;
  #config;
  #stops;
  #layer;
  #ground = null;
  #mode = "";
  #marker = null;

  /** @param {HTMLElement} root @param {object} config */
  constructor(root, config) {
    this.#root = root;
    this.#config = config;
    this.#stops = config.stops;
    this.#layer = new StopLayer(this.#stops);
  }

  /** @returns {Promise<StopMap>} for tests: `map` */
  async start() {
    const places = () => this.#stops.map(({ lon, lat }) => [lon, lat]);
    this.#ground = await openGround(this.#root, this.#config, places, [this.#layer]);
    if (!this.#ground) return this;
    this.#layer.attach(this.#ground);
    const { map } = this.#ground;
    map.on("moveend", () => this.#list());
    map.on("mousemove", "our-stops", () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", "our-stops", () => { map.getCanvas().style.cursor = this.#mode === "add" ? "crosshair" : ""; });
    map.on("click", (event) => this.#click(event));
    for (const mode of ["move", "add"]) this.#wire(mode);
    this.#list();
    return this;
  }

  get map() {
    return this.#ground?.map ?? null;
  }

  #part(name) {
    return this.#root.querySelector(`[data-part=${name}]`);
  }

  #wire(mode) {
    const button = this.#part(mode);
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => this.#enter(this.#mode === mode ? "" : mode));
  }

  #enter(mode) {
    this.#mode = mode;
    for (const name of ["move", "add"]) this.#part(name).setAttribute("aria-pressed", String(name === mode));
    const how = this.#part("how");
    how.hidden = !mode;
    how.textContent = how.dataset[mode] ?? "";
    this.#ground.map.getCanvas().style.cursor = mode === "add" ? "crosshair" : "";
    this.#marker?.remove();
    this.#marker = null;
  }

  #click(event) {
    const { map, fromMap } = this.#ground;
    if (this.#mode === "add") {
      const [lon, lat] = fromMap(event.lngLat.lng, event.lngLat.lat);
      location.assign(`${this.#config.add}?lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}`);
      return;
    }
    const [feature] = map.queryRenderedFeatures(event.point, { layers: ["our-stops"] });
    const stop = feature && this.#stops.find(({ id }) => id === feature.properties.id);
    if (!stop) return;
    if (this.#mode === "move") this.#hold(stop);
    else location.assign(stop.url);
  }

  /** Puts a handle over a stop, by which it is dragged. */
  #hold(stop) {
    const { map, toMap, fromMap } = this.#ground;
    this.#marker?.remove();
    this.#marker = new Marker({ draggable: true }).setLngLat(toMap(stop.lon, stop.lat)).addTo(map);
    this.#marker.on("dragend", () => {
      const { lng, lat } = this.#marker.getLngLat();
      this.#move(stop, fromMap(lng, lat));
    });
  }

  async #move(stop, [lon, lat]) {
    const before = [stop.lon, stop.lat];
    const words = this.#config.words;
    if (!(await this.#send(stop, lon, lat))) return;
    const metres = Math.round(apartM(before, [lon, lat]));
    const moved = words.moved.replace("%(name)s", stop.name).replace("%(metres)s", metres);
    this.#tell([moved, stop.near].filter(Boolean).join(" "), async () => {
      if (await this.#send(stop, ...before)) this.#tell(words.undone.replace("%s", stop.name));
    });
  }

  /** @returns {Promise<boolean>} whether the server has kept the place; else the stop is shown where it was */
  async #send(stop, lon, lat) {
    const { words, move } = this.#config;
    const body = new FormData();
    body.set("lon", lon.toFixed(7));
    body.set("lat", lat.toFixed(7));
    const headers = { "X-CSRFToken": this.#root.querySelector("[name=csrfmiddlewaretoken]").value };
    let failed = words.offline;
    try {
      const response = await fetch(move.replace("/0/", `/${stop.id}/`), { method: "POST", body, headers });
      const answer = await response.json();
      failed = response.ok ? "" : answer.error;
      if (response.ok) Object.assign(stop, answer);
    } catch {
      // What is told below says that the connection is away.
    }
    if (failed) this.#tell(words.move_failed.replace("%s", failed));
    this.#marker?.setLngLat(this.#ground.toMap(stop.lon, stop.lat));
    this.#layer.redraw();
    this.#list();
    return !failed;
  }

  #tell(text, undo = null) {
    const told = this.#part("told");
    told.hidden = false;
    told.textContent = `${text} `;
    if (!undo) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.textContent = this.#config.words.undo;
    button.addEventListener("click", undo);
    told.append(button);
  }

  /** Lists the stops of the part of the map that is seen. */
  #list() {
    const { map, toMap } = this.#ground;
    const bounds = map.getBounds();
    const seen = this.#stops.filter(({ lon, lat }) => bounds.contains(toMap(lon, lat)));
    const { in_view: inView, none_in_view: noneInView } = this.#config.words;
    this.#part("count").textContent = seen.length ? inView.replace("%s", seen.length) : noneInView;
    this.#part("list").replaceChildren(...seen.slice(0, MOST_LISTED).map((stop) => this.#item(stop)));
  }

  #item(stop) {
    const item = document.createElement("li");
    const mark = document.createElement("i");
    mark.dataset.stopState = stop.state;
    mark.setAttribute("aria-hidden", "true");
    const link = document.createElement("a");
    link.href = stop.url;
    link.textContent = stop.name;
    const told = document.createElement("span");
    told.className = "muted";
    told.textContent = stop.told;
    item.append(mark, link, told);
    return item;
  }
}

function apartM([lon1, lat1], [lon2, lat2]) {
  const x = (lon2 - lon1) * RAD * Math.cos(((lat1 + lat2) / 2) * RAD);
  return EARTH_RADIUS_M * Math.hypot(x, (lat2 - lat1) * RAD);
}
