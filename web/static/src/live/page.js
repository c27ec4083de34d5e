/** Puts the live page together: messages go to the stores, and one drawing per frame shows what changed. */
import { formatter } from "../shared/format.js";
import { readStrings, translator } from "../shared/i18n.js";
import { ageGrader } from "./age.js";
import { AlarmSteps } from "./alarm_steps.js";
import { AlarmPanel } from "./alarms.js";
import { Clock } from "./clock.js";
import { Controls } from "./controls.js";
import { DetailCard } from "./detail.js";
import { Feed } from "./feed.js";
import { Filter } from "./filter.js";
import { Fleet } from "./fleet.js";
import { wireKeys } from "./keys.js";
import { BusList } from "./list.js";
import { LiveMap } from "./livemap.js";
import { PupilSearch } from "./pupil_search.js";
import { toMapDatum } from "./projection.js";
import { Screen } from "./screen.js";
import { Siren } from "./siren.js";
import { wireSheet } from "./sheet.js";
import { ConnectionStatus } from "./status.js";

const SIGNED_OUT = "signed_out";

/**
 * @param {object} config as the server gives it in `#page-config`
 * @returns {Promise<object>} `window.schoolrun`, for tests and benchmarks: `applyMessage(message)`, `stats()`, `map`
 */
export async function startLivePage(config) {
  const element = (id) => document.getElementById(id);
  const t = translator(readStrings(element("strings")), config.language);
  const format = formatter({ language: config.language, timeZone: config.time_zone, t });
  const clock = new Clock();
  const now = () => clock.now();
  const toMap = toMapDatum(config.tiles?.datum ?? "wgs84");
  const gradeAge = ageGrader(config.limits);
  const fleet = new Fleet(toMap);
  const filter = new Filter(fleet, config.language);

  const status = new ConnectionStatus({ pill: element("connection"), banner: element("banner"), t, format, now });
  const alarms = new AlarmPanel({
    panel: element("alarms"), announcer: element("announcer"), format, t, now, onChoose: (alarm) => screen.showAlarm(alarm),
    onArrival: (alarm) => alarm.severity === "emergency" && screen.showAlarm(alarm),
  });
  const steps = new AlarmSteps({ panel: alarms, root: element("alarms"), dialog: element("resolve-dialog"), toast: element("toast"), t });
  const siren = new Siren(element("siren-on"));
  const showMoved = (alarm) => alarm && screen.showAlarm(alarm);
  const list = new BusList({
    viewport: element("bus-list"), template: element("bus-row"), fleet, format, t, now, gradeAge,
    onSelect: (id) => screen.select(id, { fly: true }),
  });
  const controls = new Controls({
    form: element("filters"), result: element("list-result"), empty: element("list-empty"), filter, fleet, format, t,
    onChange: () => {
      pupils.ask(filter.query);
      screen.refilter();
    },
  });
  const pupils = new PupilSearch({
    url: config.pupil_bus, token: () => controls.token, note: element("pupil-note"), t,
    onFound: (buses) => {
      filter.others = buses;
      screen.refilter();
    },
  });
  const detail = new DetailCard({
    card: element("detail"), fleet, alarms, format, t, now, gradeAge,
    actions: {
      close: () => screen.select(null),
      follow: (on) => screen.follow(on),
      trail: (minutes) => screen.showTrail(minutes),
      alarm: (id) => screen.showAlarm(alarms.get(id)),
    },
  });
  const liveMap = new LiveMap({ config, frame: element("map-frame"), fleet, toMap, t, format, now, gradeAge });
  const screen = new Screen({ fleet, filter, alarms, list, controls, detail, liveMap, status });

  wireSheet(element("sheet"));
  const help = element("keys-help");
  element("keys-button").addEventListener("click", () => help.showModal());
  const keySwitch = element("keys-on");
  keySwitch.checked = localStorage.getItem("keys") !== "off";
  keySwitch.addEventListener("change", () => localStorage.setItem("keys", keySwitch.checked ? "on" : "off"));
  wireKeys({
    "/": () => controls.search.focus(),
    "Ctrl+/": () => controls.search.focus(),
    "?": () => help.showModal(),
    ArrowDown: () => list.move(1),
    ArrowUp: () => list.move(-1),
    Enter: () => list.chooseActive(),
    j: () => showMoved(alarms.move(1)),
    k: () => showMoved(alarms.move(-1)),
    a: () => steps.take("acknowledge"),
    s: () => steps.take("assign"),
    r: () => steps.take("resolve"),
    o: () => alarms.chosen && location.assign(alarms.chosen.url),
    f: () => screen.follow(!screen.isFollowing),
    Escape: () => screen.escape(),
  }, { root: document, areLettersOn: () => keySwitch.checked });

  const takeMessage = (message) => {
    if (message.now) clock.sync(message.now);
    screen.take(message);
    if (message.type !== "delta") siren.set(alarms.hasUnseenEmergency);
  };
  const feed = new Feed({
    url: config.ws,
    onMessage: takeMessage,
    onPhase: (phase) => (phase === SIGNED_OUT ? location.reload() : status.enter(phase)),
  });
  feed.open();
  await liveMap.start({ onSelect: (id) => screen.select(id), onMove: () => screen.mapMoved(), onDrag: () => screen.follow(false) });
  return {
    applyMessage: takeMessage,
    stats: () => ({ ...screen.stats, connected: feed.phase === "live", buses: fleet.size }),
    map: liveMap.map,
  };
}
