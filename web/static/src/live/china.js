/**
 * WGS-84 to GCJ-02, the shifted datum that maps published in mainland China must use, and back.
 *
 * The published offset formula on the Krasovsky 1940 ellipsoid; both ways agree within a millimetre.
 */

const SEMI_MAJOR_AXIS_M = 6_378_245;
const ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943;
const RAD = Math.PI / 180;

/**
 * @param {number} lon degrees
 * @param {number} lat degrees
 * @returns {boolean} whether the point lies in the rectangle in which the shift is applied
 */
export function isShifted(lon, lat) {
  return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
}

/** @returns {[number, number]} lon, lat in GCJ-02 degrees; unchanged outside China */
export function wgs84ToGcj02(lon, lat) {
  if (!isShifted(lon, lat)) return [lon, lat];
  const [dLon, dLat] = offset(lon, lat);
  return [lon + dLon, lat + dLat];
}

/** @returns {[number, number]} lon, lat in WGS-84 degrees; unchanged outside China */
export function gcj02ToWgs84(lon, lat) {
  if (!isShifted(lon, lat)) return [lon, lat];
  let [guessLon, guessLat] = [lon, lat];
  for (let round = 0; round < 4; round += 1) {
    const [dLon, dLat] = offset(guessLon, guessLat);
    [guessLon, guessLat] = [lon - dLon, lat - dLat];
  }
  return [guessLon, guessLat];
}

function offset(lon, lat) {
  const x = lon - 105;
  const y = lat - 35;
  const radius = Math.sqrt(Math.abs(x));
  const ripple = 20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI);
  const northM =
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * radius +
    (2 / 3) * (ripple + waves(y, 20, 40) + 160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30));
  const eastM =
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * radius +
    (2 / 3) * (ripple + waves(x, 20, 40) + 150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI));
  const sinLat = Math.sin(lat * RAD);
  const magic = 1 - ECCENTRICITY_SQUARED * sinLat * sinLat;
  const root = Math.sqrt(magic);
  const meridianM = (SEMI_MAJOR_AXIS_M * (1 - ECCENTRICITY_SQUARED)) / (magic * root);
  const parallelM = (SEMI_MAJOR_AXIS_M / root) * Math.cos(lat * RAD);
  return [eastM / (parallelM * RAD), northM / (meridianM * RAD)];
}

function waves(value, full, third) {
  return full * Math.sin(value * Math.PI) + third * Math.sin((value / 3) * Math.PI);
}
