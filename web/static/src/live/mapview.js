/** The map itself: made once, told where to look, asked what is under the pointer and in view. */
import { AttributionControl, Map, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import { onThemeChange } from "../shared/theme_switch.js";
import { mapStyle } from "./basemap.js";
import { fitting } from "./home.js";
import { mercator } from "./projection.js";

const WORLD_PX_AT_ZOOM_0 = 512;
const CLOSE_UP_ZOOM = 15;

setWorkerUrl(new URL("./maplibre-gl-worker.js", import.meta.url).href);

/** @returns {boolean} whether this browser can draw the map */
export function canDrawMaps() {
  return Boolean(document.createElement("canvas").getContext("webgl2"));
}

export class MapView {
  /**
   * @param {object} options
   * @param {HTMLElement} options.container
   * @param {{lon: number, lat: number, zoom: number}} options.view where to open without `bounds`
   * @param {import("./home.js").Bounds | null} options.bounds what to show at first, if known
   * @param {object} options.basemap as served
   * @param {(lon: number, lat: number) => [number, number]} options.toMap
   * @param {string} options.language
   * @param {(() => {sources: object, layers: object[]}) | null} options.tiles
   * @param {Record<string, string>} options.locale words of the map's own controls
   * @param {object[]} options.overlays objects with `layers()` (and maybe `sources()`) to keep on top
   */
  constructor({ container, view, bounds, basemap, toMap, language, tiles, locale, overlays }) {
    const style = () => {
      const ground = mapStyle(basemap, { toMap, language, tiles: tiles?.() });
      for (const overlay of overlays) Object.assign(ground.sources, overlay.sources?.());
      return ground;
    };
    this.map = new Map({
      container,
      locale,
      style: style(),
      center: toMap(view.lon, view.lat),
      zoom: view.zoom,
      bounds,
      fitBoundsOptions: fitting(container),
      maxZoom: 19,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      attributionControl: false,
      fadeDuration: 120,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-right");
    if (tiles) this.map.addControl(new AttributionControl({ compact: true }), "bottom-right");
    const addOverlays = () => overlays.flatMap((overlay) => overlay.layers()).forEach((layer) => this.map.addLayer(layer));
    this.map.on("style.load", addOverlays);
    onThemeChange(() => this.map.setStyle(style(), { diff: false }));
  }

  /** @returns {{west: number, east: number, north: number, south: number}} what is in view, web Mercator 0 to 1 */
  view() {
    const bounds = this.map.getBounds();
    const [west, north] = mercator(bounds.getWest(), bounds.getNorth());
    const [east, south] = mercator(bounds.getEast(), bounds.getSouth());
    return { west, east, north, south };
  }

  /** @returns {number} how much of the world's width, 0 to 1, a screen pixel is now */
  worldPerPx() {
    return 1 / (WORLD_PX_AT_ZOOM_0 * 2 ** this.map.getZoom());
  }

  /** @param {number} lon @param {number} lat in the map's datum @param {[number, number]} offset px from the middle */
  flyTo(lon, lat, offset) {
    this.map.flyTo({ center: [lon, lat], offset, zoom: Math.max(this.map.getZoom(), CLOSE_UP_ZOOM), speed: 2.2, maxDuration: 1600 });
  }

  /** @param {number} lon @param {number} lat in the map's datum @param {[number, number]} offset px from the middle */
  glideTo(lon, lat, offset) {
    this.map.easeTo({ center: [lon, lat], offset, duration: 500 });
  }
}
