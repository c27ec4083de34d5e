/** Draws every bus on the map in two GPU calls: its shape for the state, its ring for the age. */
import { FRAGMENT_SHADER, VERTEX_SHADER } from "./busshader.js";
import { mercator } from "./projection.js";

const FLOATS_PER_BUS = 6;
const BYTES_PER_FLOAT = 4;
const WORLD_PX_AT_ZOOM_0 = 512;

/** Bits of a bus's flags; busshader.js reads the same. */
export const Flag = Object.freeze({ SELECTED: 1, ALARM: 2, DIMMED: 4 });

const ATTRIBUTES = [
  ["a_position", 2],
  ["a_course", 1],
  ["a_heard", 1],
  ["a_state", 1],
  ["a_flags", 1],
];

const UNIFORMS = ["u_from_centre", "u_clip_per_world", "u_clip_per_px", "u_size", "u_px_ratio", "u_now", "u_pass", "u_palette", "u_age_limits"];

/** A MapLibre custom layer. The map looks straight down with north up, so no matrix is needed. */
export class BusLayer {
  id = "buses";
  type = "custom";

  #map;
  #gl;
  #program;
  #uniforms;
  #vertexArray;
  #buffer;
  #instances = new Float32Array(0);
  #count = 0;
  #anchor = null;
  #stale = true;
  #epochMs;
  #now;
  #palette;
  #limits;

  /**
   * @param {object} options
   * @param {() => number} options.now the server's time, epoch milliseconds
   * @param {{fresh_s: number, ageing_s: number}} options.limits of age
   * @param {() => Float32Array} options.palette colours by state then paper, as RGB triples 0 to 1
   */
  constructor({ now, limits, palette }) {
    this.#now = now;
    this.#epochMs = now();
    this.#palette = palette;
    this.#limits = limits;
  }

  /**
   * Writes what is to be drawn; the graphics card gets it with the next frame.
   *
   * @param {import("./fleet.js").Fleet} fleet
   * @param {Uint8Array} flags by slot, of Flag
   */
  update(fleet, flags) {
    const { size, x, y, courseDeg, heardMs, state } = fleet;
    if (this.#instances.length < size * FLOATS_PER_BUS) this.#instances = new Float32Array(size * 2 * FLOATS_PER_BUS);
    const instances = this.#instances;
    let count = 0;
    for (let slot = 0; slot < size; slot += 1) {
      if (Number.isNaN(x[slot])) continue;
      // Offsets from an anchor: a 32-bit float alone places a bus to two metres only.
      this.#anchor ??= [x[slot], y[slot]];
      const at = count * FLOATS_PER_BUS;
      instances[at] = x[slot] - this.#anchor[0];
      instances[at + 1] = y[slot] - this.#anchor[1];
      instances[at + 2] = Number.isNaN(courseDeg[slot]) ? -1 : courseDeg[slot];
      instances[at + 3] = (heardMs[slot] - this.#epochMs) / 1000;
      instances[at + 4] = state[slot];
      instances[at + 5] = flags[slot];
      count += 1;
    }
    this.#count = count;
    this.#stale = true;
    this.#map?.triggerRepaint();
  }

  onAdd(map, gl) {
    this.#map = map;
    this.#gl = gl;
    this.#program = linkProgram(gl, VERTEX_SHADER, FRAGMENT_SHADER);
    this.#uniforms = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(this.#program, name)]));
    this.#vertexArray = gl.createVertexArray();
    this.#buffer = gl.createBuffer();
    gl.bindVertexArray(this.#vertexArray);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    let offset = 0;
    for (const [name, size] of ATTRIBUTES) {
      const location = gl.getAttribLocation(this.#program, name);
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, gl.FLOAT, false, FLOATS_PER_BUS * BYTES_PER_FLOAT, offset);
      gl.vertexAttribDivisor(location, 1);
      offset += size * BYTES_PER_FLOAT;
    }
    gl.bindVertexArray(null);
    this.#stale = true;
  }

  onRemove() {
    this.#gl.deleteBuffer(this.#buffer);
    this.#gl.deleteVertexArray(this.#vertexArray);
    this.#gl.deleteProgram(this.#program);
    this.#map = null;
  }

  render(gl) {
    if (!this.#count) return;
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#vertexArray);
    this.#upload(gl);
    this.#setUniforms(gl);
    for (const pass of [0, 1]) {
      gl.uniform1f(this.#uniforms.u_pass, pass);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.#count);
    }
    gl.bindVertexArray(null);
  }

  #upload(gl) {
    if (!this.#stale) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferData(gl.ARRAY_BUFFER, this.#instances, gl.DYNAMIC_DRAW, 0, this.#count * FLOATS_PER_BUS);
    this.#stale = false;
  }

  #setUniforms(gl) {
    const map = this.#map;
    const canvas = map.getCanvas();
    const { lng, lat } = map.getCenter();
    const [centreX, centreY] = mercator(lng, lat);
    const zoom = map.getZoom();
    const worldPx = WORLD_PX_AT_ZOOM_0 * 2 ** zoom;
    gl.uniform2f(this.#uniforms.u_from_centre, this.#anchor[0] - centreX, this.#anchor[1] - centreY);
    gl.uniform2f(this.#uniforms.u_clip_per_world, (2 * worldPx) / canvas.clientWidth, (-2 * worldPx) / canvas.clientHeight);
    gl.uniform2f(this.#uniforms.u_clip_per_px, 2 / canvas.clientWidth, 2 / canvas.clientHeight);
    gl.uniform1f(this.#uniforms.u_size, markerScale(zoom));
    gl.uniform1f(this.#uniforms.u_px_ratio, canvas.width / canvas.clientWidth);
    gl.uniform1f(this.#uniforms.u_now, (this.#now() - this.#epochMs) / 1000);
    gl.uniform2f(this.#uniforms.u_age_limits, this.#limits.fresh_s, this.#limits.ageing_s);
    gl.uniform3fv(this.#uniforms.u_palette, this.#palette());
  }
}

/**
 * @param {number} zoom of the map
 * @returns {number} size of a marker, 1 for close by and less for far away
 */
export function markerScale(zoom) {
  return Math.min(1.15, Math.max(0.5, 0.5 + (zoom - 8.5) * 0.11));
}

function linkProgram(gl, vertexSource, fragmentSource) {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertexSource], [gl.FRAGMENT_SHADER, fragmentSource]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
}
