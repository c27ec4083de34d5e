/** Bundles the pages' scripts and styles from src/ into dist/, which Django serves as static files. */
import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
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

await mkdir(output, { recursive: true });
await Promise.all([
  build({ ...shared, format: "esm", entryPoints: ["copy.js", "live.js", "page.js", "passkeys.js", "print.js"].map((name) => join(source, name)) }),
  build({ ...shared, format: "iife", entryPoints: [join(source, "theme.js")] }),
  build({ ...shared, entryPoints: ["app.css", "live.css"].map((name) => join(source, name)) }),
  copyFile(join(source, "favicon.svg"), join(output, "favicon.svg")),
  // MapLibre loads its worker by address, so that no script runs from a blob.
  build({
    ...shared,
    format: "esm",
    sourcemap: false,
    entryPoints: [{ in: resolve("maplibre-gl/dist/maplibre-gl-worker.mjs"), out: "maplibre-gl-worker" }],
  }),
]);
