/** Times that say how long ago they were, and go on counting: `<time data-ago datetime="…">`. */

const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1000]];

/**
 * @param {number} ageMs
 * @param {string} language BCP 47 tag
 * @returns {string} "8 seconds ago", in the largest unit that fits
 */
export function ago(ageMs, language) {
  const [unit, lengthMs] = UNITS.find(([, length]) => ageMs >= length) ?? UNITS.at(-1);
  const words = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  return words.format(-Math.max(0, Math.floor(ageMs / lengthMs)), unit);
}

/** @param {Document} root */
export function keepAges(root) {
  const write = () => {
    for (const time of root.querySelectorAll("time[data-ago]")) {
      time.textContent = ago(Date.now() - Date.parse(time.dateTime), root.documentElement.lang);
    }
  };
  write();
  setInterval(write, 1000);
}
