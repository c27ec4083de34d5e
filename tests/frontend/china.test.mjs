/** The datum shift of Chinese maps. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gcj02ToWgs84, wgs84ToGcj02 } from "../../web/static/src/live/china.js";

const METRES_PER_DEGREE = 111_320;

function metresBetween([lon1, lat1], [lon2, lat2]) {
  const east = (lon2 - lon1) * Math.cos((lat1 * Math.PI) / 180);
  return Math.hypot(east, lat2 - lat1) * METRES_PER_DEGREE;
}

test("places in China are shifted by a few hundred metres", () => {
  for (const place of [[116.3913, 39.9075], [121.4737, 31.2304], [87.6168, 43.8256], [109.5, 18.25]]) {
    const shift = metresBetween(place, wgs84ToGcj02(...place));
    assert.ok(shift > 100 && shift < 1000, `${place} moved ${shift} m`);
  }
});

test("the shift of Tian'anmen agrees with the published transformation", () => {
  const [lon, lat] = wgs84ToGcj02(116.3912757, 39.906217);
  assert.ok(metresBetween([lon, lat], [116.39751, 39.90762]) < 5, `${lon}, ${lat}`);
});

test("there and back is the same place to a millimetre", () => {
  for (let lon = 74; lon < 136; lon += 3.7) {
    for (let lat = 18; lat < 54; lat += 2.3) {
      const back = gcj02ToWgs84(...wgs84ToGcj02(lon, lat));
      assert.ok(metresBetween([lon, lat], back) < 0.001, `${lon}, ${lat}`);
    }
  }
});

test("places outside China stay where they are", () => {
  for (const place of [[10.75, 59.91], [-73.98, 40.7], [151.2, -33.86]]) {
    assert.deepEqual(wgs84ToGcj02(...place), place);
    assert.deepEqual(gcj02ToWgs84(...place), place);
  }
});
