/** Numbers, times and directions as a person reads them, in the page's language and time zone. */

const KMH_PER_MPS = 3.6;
const HEADINGS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];

/**
 * @param {number} speedMps metres per second
 * @returns {number} kilometres per hour, whole
 */
export function kilometresPerHour(speedMps) {
  return Math.round(speedMps * KMH_PER_MPS);
}

/**
 * @param {number} courseDeg degrees true
 * @returns {string} one of eight compass points: n, ne, e, se, s, sw, w, nw
 */
export function compassPoint(courseDeg) {
  return HEADINGS[Math.round((((courseDeg % 360) + 360) % 360) / 45) % 8];
}

/**
 * @param {object} options
 * @param {string} options.language BCP 47 tag
 * @param {string} options.timeZone IANA name
 * @param {(key: string, values?: object) => string} options.t
 */
export function formatter({ language, timeZone, t }) {
  const clock = new Intl.DateTimeFormat(language, { timeZone, timeStyle: "medium", hourCycle: "h23" });
  const dayAndClock = new Intl.DateTimeFormat(language, {
    timeZone, month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  const day = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });

  /** @param {number} milliseconds a length of time */
  function duration(milliseconds) {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    if (seconds < 60) return t("seconds", { n: seconds });
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) {
      return seconds < 600 && seconds % 60 ? t("minutes_seconds", { m: minutes, s: seconds % 60 }) : t("minutes", { n: minutes });
    }
    if (minutes < 48 * 60) return t("hours_minutes", { h: Math.floor(minutes / 60), m: minutes % 60 });
    return t("days", { n: Math.floor(minutes / 1440) });
  }

  return {
    duration,
    /** @param {number} milliseconds how long ago; minutes are not split, so that a list stays quiet */
    ago(milliseconds) {
      const seconds = Math.max(0, Math.floor(milliseconds / 1000));
      if (seconds < 2) return t("just_now");
      const length = seconds < 60 ? t("seconds", { n: seconds }) : duration(Math.floor(seconds / 60) * 60_000);
      return t("ago", { age: length });
    },
    count: (n) => whole.format(n),
    /** @param {number} speedMps */
    speed: (speedMps) => t("kmh", { n: kilometresPerHour(speedMps) }),
    /** @param {number} courseDeg */
    heading: (courseDeg) => t(`heading_${compassPoint(courseDeg)}`),
    /** @param {number} time @param {number} now both epoch milliseconds; the day is named when it is another */
    time(time, now) {
      return day.format(time) === day.format(now) ? clock.format(time) : dayAndClock.format(time);
    },
  };
}
