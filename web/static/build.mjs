/** Bundles the pages' scripts and styles from src/ into dist/, which Django serves as static files. */
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const output = join(here, "dist");
const { resolve } = createRequire(import.meta.url);

const shared = {
  bundle: true,
  minify: true,
  sourcemap: true,
  target: ["es2022", "chrome109", "firefox115", "safari16.4"],
  outdir: output,
  logLevel: "warning",
};

const pages = ["alarm", "copy", "crew", "family", "family_map", "family_push", "live", "page", "passkeys", "print", "report", "replay", "routes"];

/** Draws an SVG as the PNG that home screens ask for. */
async function icon(from, to, width) {
  const drawn = new Resvg(await readFile(join(source, from)), { fitTo: { mode: "width", value: width } }).render();
  await writeFile(join(output, to), drawn.asPng());
}

await mkdir(output, { recursive: true });
await Promise.all([
  build({ ...shared, format: "esm", entryPoints: pages.map((name) => join(source, `${name}.js`)) }),
  build({ ...shared, format: "iife", entryPoints: ["theme.js", "family_worker.js"].map((name) => join(source, name)) }),
  build({ ...shared, entryPoints: ["alarm.css", "app.css", "live.css", "report.css", "routes.css", "family.css"].map((name) => join(source, name)) }),
  copyFile(join(source, "favicon.svg"), join(output, "favicon.svg")),
  icon("favicon.svg", "family-192.png", 192),
  icon("favicon.svg", "family-512.png", 512),
  icon("family-maskable.svg", "family-maskable-512.png", 512),
  // MapLibre loads its worker by address, so that no script runs from a blob.
  build({
    ...shared,
    format: "esm",
    sourcemap: false,
    entryPoints: [{ in: resolve("maplibre-gl/dist/maplibre-gl-worker.mjs"), out: "maplibre-gl-worker" }],
  }),
]);
