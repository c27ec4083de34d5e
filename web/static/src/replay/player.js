/** The player of a replay: buttons, keys and slider move the clock; the clock moves the bus and the chart's line. */
import { formatter } from "../shared/format.js";
import { translator } from "../shared/i18n.js";
import { ReplayClock } from "./clock.js";
import { at, inForce, momentAt, neighbour } from "./moments.js";
import { openStage } from "./stage.js";
import { readTrack } from "./track.js";

const CONTROLS = "button, select, textarea, summary, input:not([type=range]), [data-part=map]";

/**
 * @param {HTMLElement} root
 * @param {object} config as the server gives it
 */
export async function startReplay(root, config) {
  const t = translator(config.strings, config.language);
  const parts = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
  const share = (until) => Math.round(((until - config.since) / (config.until - config.since)) * 100);
  parts.note.textContent = t("loading", { share: 0 });
  try {
    const { points, limits } = await readTrack(config.track, (until) => (parts.note.textContent = t("loading", { share: share(until) })));
    const trusted = points.filter(([, , , , isDoubtful]) => !isDoubtful);
    const player = new Player({ parts, config, trusted, limits, t });
    player.stage = await openStage(root, config, { points, trusted, limits, onPick: (timeMs) => player.jump(timeMs) });
    player.start();
  } catch (error) {
    parts.note.textContent = t("failed");
    throw error;
  }
}

class Player {
  stage = null;
  #parts;
  #config;
  #trusted;
  #limits;
  #t;
  #format;
  #timeOfDay;
  #clock;
  #told = "";

  constructor({ parts, config, trusted, limits, t }) {
    this.#parts = parts;
    this.#config = config;
    this.#trusted = trusted;
    this.#limits = limits;
    this.#t = t;
    this.#format = formatter({ language: config.language, timeZone: config.time_zone, t });
    const clock = new Intl.DateTimeFormat(config.language, { timeZone: config.time_zone, timeStyle: "medium", hourCycle: "h23" });
    this.#timeOfDay = (timeMs) => clock.format(timeMs);
    this.#clock = new ReplayClock(config.since, config.until, timeInAddress() ?? trusted[0]?.[0] ?? config.since);
  }

  start() {
    const { play, back, forward, slider, rate } = this.#parts;
    slider.max = String(Math.round((this.#config.until - this.#config.since) / 1000));
    for (const control of [play, back, forward, slider, rate]) control.disabled = false;
    play.addEventListener("click", () => this.toggle());
    back.addEventListener("click", () => this.step(-1));
    forward.addEventListener("click", () => this.step(1));
    slider.addEventListener("input", () => this.#go(this.#config.since + Number(slider.value) * 1000));
    slider.addEventListener("change", () => this.#keepInAddress());
    rate.addEventListener("change", () => this.#clock.setRate(Number(rate.querySelector(":checked").value), performance.now()));
    addEventListener("hashchange", () => this.jump(timeInAddress() ?? this.#now()));
    document.addEventListener("keydown", (event) => this.#onKey(event));
    this.#draw();
  }

  toggle() {
    const now = performance.now();
    if (this.#clock.isPlaying) {
      this.#clock.pause(now);
      this.#rest();
    } else {
      this.#clock.play(now);
      this.#tell(this.#t("playing", { rate: this.#clock.rate }));
      requestAnimationFrame(() => this.#frame());
    }
    this.#draw();
  }

  /** @param {1 | -1} direction to the next report, or the one before; a gap is passed over */
  step(direction) {
    this.#clock.pause(performance.now());
    const timeMs = neighbour(this.#trusted, this.#now(), direction);
    this.jump(timeMs ?? this.#now());
  }

  jump(timeMs) {
    this.#go(timeMs);
    this.#keepInAddress();
    this.#tell(`${this.#timeOfDay(this.#now())}. ${this.#parts.speed.textContent}. ${this.#parts.note.textContent}`);
  }

  #now() {
    return this.#clock.at(performance.now());
  }

  #go(timeMs) {
    this.#clock.seek(timeMs, performance.now());
    this.#draw();
  }

  #frame() {
    this.#draw();
    if (this.#clock.isPlaying) requestAnimationFrame(() => this.#frame());
    else this.#rest();
  }

  #rest() {
    this.#keepInAddress();
    this.#tell(this.#t("paused", { time: this.#timeOfDay(this.#now()) }));
  }

  #draw() {
    const { play, slider, time, speed, limit, note, found } = this.#parts;
    const timeMs = this.#now();
    const moment = momentAt(this.#trusted, timeMs);
    const { isPlaying } = this.#clock;
    write(play, this.#t(isPlaying ? "pause" : "play"));
    write(time, this.#format.time(timeMs, this.#config.since));
    write(speed, this.#speed(moment));
    write(limit, moment.kind === "report" ? this.#limit(timeMs) : "");
    write(note, this.#note(moment, timeMs));
    note.dataset.kind = moment.kind;
    slider.value = String(Math.round((timeMs - this.#config.since) / 1000));
    slider.setAttribute("aria-valuetext", time.textContent);
    this.stage.show(timeMs, moment);
    const going = at(this.#config.findings, timeMs);
    write(found, going.length ? this.#t("found", { what: going.map((one) => one.label).join(", ") }) : "");
    if (isPlaying) this.#tellChange(moment, going);
  }

  #speed({ kind, index }) {
    if (kind !== "report") return "–";
    const mps = this.#trusted[index][3];
    return mps === null ? this.#t("speed_unknown") : this.#t("speed", { n: Math.round(mps * 3.6) });
  }

  #limit(timeMs) {
    const [, kmh, source] = inForce(this.#limits, timeMs) ?? [0, null, ""];
    return kmh === null ? this.#t("no_limit") : this.#t("limit", { n: kmh, source });
  }

  #note({ kind, from, until }, timeMs) {
    return this.#t(kind, {
      time: from && this.#timeOfDay(from),
      age: from && this.#format.duration(timeMs - from),
      from: from && this.#timeOfDay(from),
      until: until && this.#timeOfDay(until),
      length: until && this.#format.duration(until - from),
    });
  }

  /** While it plays, a screen reader is told of gaps and findings, and is not flooded with reports. */
  #tellChange({ kind }, going) {
    const key = `${kind} ${going.map((one) => one.id)}`;
    if (key === this.#told) return;
    this.#told = key;
    const words = [kind === "report" ? "" : this.#parts.note.textContent, this.#parts.found.textContent];
    this.#tell(words.filter(Boolean).join(". "));
  }

  #tell(text) {
    if (text) this.#parts.told.textContent = text;
  }

  #keepInAddress() {
    history.replaceState(null, "", `#at=${Math.round(this.#now())}`);
  }

  #onKey(event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.target.closest(CONTROLS)) return;
    const isSlider = event.target === this.#parts.slider;
    if (event.key === " ") this.toggle();
    else if (event.key === "ArrowLeft" && !isSlider) this.step(-1);
    else if (event.key === "ArrowRight" && !isSlider) this.step(1);
    else return;
    event.preventDefault();
  }
}

function timeInAddress() {
  const found = /^#at=(\d+)$/.exec(location.hash);
  return found ? Number(found[1]) : null;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
