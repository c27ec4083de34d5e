/** The map with its buses, plates, trail and menu; without WebGL it says so, and the list goes on alone. */
import { BusLayer, markerScale } from "./buslayer.js";
import { Chooser } from "./chooser.js";
import { boundsOnMap, Home } from "./home.js";
import { busesNear } from "./hittest.js";
import { Labels } from "./labels.js";
import { MapView, canDrawMaps } from "./mapview.js";
import { busPalette } from "./palette.js";
import { mercator } from "./projection.js";
import { openTiles } from "./tiles.js";
import { Trail } from "./trail.js";
import { onThemeChange } from "../shared/theme_switch.js";

const HIT_PX = 20;
const FIRST_TRAIL_MINUTES = 10;

export class LiveMap {
  #config;
  #frame;
  #fleet;
  #toMap;
  #t;
  #format;
  #now;
  #gradeAge;
  #view = null;
  #buses = null;
  #labels = null;
  #chooser = null;
  #home = null;
  #trail;
  #trailBus = null;
  #trailMinutes = FIRST_TRAIL_MINUTES;
  #followed = "";

  constructor({ config, frame, fleet, toMap, t, format, now, gradeAge }) {
    this.#config = config;
    this.#frame = frame;
    this.#fleet = fleet;
    this.#toMap = toMap;
    this.#t = t;
    this.#format = format;
    this.#now = now;
    this.#gradeAge = gradeAge;
    this.#trail = new Trail({ address: config.trail, toMap, now });
  }

  /** @returns {import("maplibre-gl").Map | null} */
  get map() {
    return this.#view?.map ?? null;
  }

  /** @param {{onSelect: (busId: number | null) => void, onMove: () => void, onDrag: () => void}} listeners */
  async start({ onSelect, onMove, onDrag }) {
    if (!canDrawMaps()) {
      this.#part("no-webgl").hidden = false;
      return;
    }
    let palette = busPalette();
    onThemeChange(() => { palette = busPalette(); });
    const buses = new BusLayer({ now: this.#now, limits: this.#config.limits, palette: () => palette });
    const [basemap, tiles] = await this.#loadGround();
    const t = this.#t;
    const bounds = boundsOnMap(basemap.bounds, this.#toMap);
    this.#view = new MapView({
      container: this.#part("map"),
      view: this.#config.view,
      bounds,
      basemap,
      toMap: this.#toMap,
      language: this.#config.language,
      tiles,
      locale: {
        "NavigationControl.ZoomIn": t("zoom_in"), "NavigationControl.ZoomOut": t("zoom_out"), "Map.Title": t("map_title"),
      },
      overlays: [this.#trail, { layers: () => [buses] }],
    });
    this.#buses = buses;
    const { map } = this.#view;
    this.#trail.attach(map);
    this.#home = new Home({
      map, bounds, fleet: this.#fleet, button: this.#part("home"), notice: tiles ? null : this.#part("elsewhere"),
    });
    this.#labels = new Labels({
      layer: this.#part("labels"), mapView: this.#view, fleet: this.#fleet, now: this.#now,
      gradeAge: this.#gradeAge,
      describeOld: (ageMs) => t("last_seen", { ago: this.#format.ago(ageMs) }),
    });
    this.#chooser = new Chooser({
      menu: this.#part("chooser"), fleet: this.#fleet, t, format: this.#format, now: this.#now, onChoose: onSelect,
    });
    map.on("move", () => {
      this.#chooser.close();
      onMove();
    });
    map.on("dragstart", onDrag);
    map.on("click", (event) => this.#click(event, onSelect));
    map.on("mousemove", (event) => {
      map.getCanvas().style.cursor = this.#under(event).length ? "pointer" : "";
    });
  }

  /** The buses are drawn even where the ground below them cannot be had. */
  async #loadGround() {
    const loading = [fetchJson(this.#config.basemap), openTiles(this.#config.tiles)];
    const [basemap, tiles] = await Promise.allSettled(loading);
    this.#part("ground-failed").hidden = basemap.status === "fulfilled" && tiles.status === "fulfilled";
    return [basemap.value ?? {}, tiles.value ?? null];
  }

  view() {
    return this.#view?.view() ?? null;
  }

  /** @param {Uint8Array} flags @param {Uint32Array} order @param {number} selected slot, or -1 @param {boolean} follows */
  draw(flags, order, selected, follows) {
    if (!this.#view) return;
    this.#home.openOnBuses();
    this.#buses.update(this.#fleet, flags);
    this.#labels.draw(order, selected);
    if (follows) this.#keepCentred(selected);
  }

  /** @param {number} slot */
  flyToBus(slot) {
    if (this.#view && slot >= 0 && this.#fleet.hasPosition(slot)) this.#view.flyTo(this.#fleet.lon[slot], this.#fleet.lat[slot], this.#clearOfCard());
  }

  /** @param {number | null} lon @param {number | null} lat WGS-84 */
  flyToPlace(lon, lat) {
    if (this.#view && lon !== null && lat !== null) this.#view.flyTo(...this.#toMap(lon, lat), this.#clearOfCard());
  }

  /** @param {number | null} busId */
  showTrailOf(busId) {
    this.#trailBus = busId;
    this.reloadTrail();
  }

  /** @param {number} minutes 0 for none */
  setTrailMinutes(minutes) {
    this.#trailMinutes = minutes;
    this.reloadTrail();
  }

  async reloadTrail() {
    const notice = this.#part("trail-failed");
    notice.hidden = true;
    try {
      await this.#trail.show(this.#trailBus, this.#trailBus === null ? 0 : this.#trailMinutes);
    } catch {
      notice.hidden = false;
    }
  }

  /** @param {import("./fleet.js").Row[]} rows */
  extendTrail(rows) {
    this.#trail.append(rows);
  }

  /** @returns {boolean} whether there was one to close */
  closeChooser() {
    const wasOpen = Boolean(this.#chooser?.isOpen);
    this.#chooser?.close();
    return wasOpen;
  }

  /** How far from the middle to centre, so that the open card does not cover the place: pixels right, down. */
  #clearOfCard() {
    const card = this.#part("card");
    if (card.hidden) return [0, 0];
    const frame = this.#frame.getBoundingClientRect();
    const { right, top, width } = card.getBoundingClientRect();
    const isBelow = width > frame.width * 0.8;
    return isBelow ? [0, Math.min(0, (top - frame.bottom) / 2)] : [(right - frame.left) / 2, 0];
  }

  #part(name) {
    return this.#frame.querySelector(`[data-part='${name}']`);
  }

  #under({ lngLat }) {
    const [x, y] = mercator(lngLat.lng, lngLat.lat);
    return busesNear(this.#fleet, x, y, HIT_PX * markerScale(this.#view.map.getZoom()) * this.#view.worldPerPx());
  }

  #click(event, onSelect) {
    const slots = this.#under(event);
    this.#chooser.close();
    if (slots.length > 1) this.#chooser.open(slots, event.point.x, event.point.y);
    else onSelect(slots.length ? this.#fleet.buses[slots[0]].id : null);
  }

  #keepCentred(slot) {
    if (slot < 0 || !this.#fleet.hasPosition(slot)) return;
    const place = `${this.#fleet.lon[slot]},${this.#fleet.lat[slot]}`;
    if (place === this.#followed || this.#view.map.isMoving()) return;
    this.#followed = place;
    this.#view.glideTo(this.#fleet.lon[slot], this.#fleet.lat[slot], this.#clearOfCard());
  }
}

async function fetchJson(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response.json();
}
