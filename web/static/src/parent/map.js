/** A small map with a bus and a stop, and nothing else but the ground. */
import { Marker } from "maplibre-gl";
import { MapView, canDrawMaps } from "../live/mapview.js";
import { toMapDatum } from "../live/projection.js";
import { openTiles } from "../live/tiles.js";

const CLOSEST_ZOOM = 16;
const PADDING_PX = 44;
const WITHOUT_OTHERS = ["routes", "stops", "schools"];

/**
 * @param {object} options
 * @param {HTMLElement} options.container
 * @param {object} options.config of the page
 * @param {(key: string) => string} options.t
 * @returns {Promise<{container: HTMLElement, show: (one: object) => void, tick: (oldMs: number) => void, remove: () => void}>}
 */
export async function drawSmallMap({ container, config, t }) {
  if (!canDrawMaps()) {
    container.hidden = true;
    return { container, show() {}, tick() {}, remove() {} };
  }
  const [ground, tiles] = await Promise.all([
    fetch(config.basemap).then((response) => response.json()),
    config.tiles ? openTiles(config.tiles) : null,
  ]);
  for (const part of WITHOUT_OTHERS) delete ground[part];
  const toMap = toMapDatum(config.tiles?.datum ?? "wgs84");
  const stop = marker("family-stop", t("stop"));
  const bus = marker("family-bus", t("bus"));
  let view = null;
  let reportedAt = 0;

  /** @param {{stop: [number, number], bus: [number, number, number | null, number] | null}} one WGS-84; ms since 1970 */
  function show({ stop: stopAt, bus: busAt }) {
    const places = [toMap(...stopAt)];
    if (busAt) places.push(toMap(busAt[0], busAt[1]));
    const bounds = around(places);
    view ??= new MapView({
      container, view: { lon: stopAt[0], lat: stopAt[1], zoom: CLOSEST_ZOOM - 1 }, bounds: null, basemap: ground, toMap,
      language: config.language, tiles, overlays: [],
      locale: { "NavigationControl.ZoomIn": t("zoom_in"), "NavigationControl.ZoomOut": t("zoom_out"), "Map.Title": t("map_title") },
    });
    stop.setLngLat(places[0]).addTo(view.map);
    if (busAt) bus.setLngLat(places[1]).addTo(view.map);
    else bus.remove();
    reportedAt = busAt?.[3] ?? 0;
    view.map.fitBounds(bounds, { padding: PADDING_PX, maxZoom: CLOSEST_ZOOM, animate: false });
  }

  return {
    container,
    show,
    tick(oldMs) { bus.getElement().dataset.age = Date.now() - reportedAt > oldMs ? "old" : "fresh"; },
    remove() { view?.map.remove(); },
  };
}

function marker(className, label) {
  const element = document.createElement("div");
  element.className = className;
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  return new Marker({ element });
}

function around(places) {
  const lons = places.map(([lon]) => lon);
  const lats = places.map(([, lat]) => lat);
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}
