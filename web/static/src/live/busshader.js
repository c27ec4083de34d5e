/**
 * What a bus looks like, drawn from distances: sharp at any size.
 *
 * Shape says the state (arrow: driving; dot: standing; diamond: no satellite fix; arrow with a double ring: speeding),
 * so colour is never the only sign. The ring says the age: whole while fresh, shrinking while ageing, then none and hollow.
 */

export const VERTEX_SHADER = `#version 300 es
precision highp float;
in vec2 a_position;
in float a_course;
in float a_heard;
in float a_state;
in float a_flags;
uniform vec2 u_from_centre;
uniform vec2 u_clip_per_world;
uniform vec2 u_clip_per_px;
uniform float u_size;
uniform float u_now;
uniform float u_pass;
out vec2 v_px;
flat out float v_course;
flat out float v_age;
flat out int v_state;
flat out int v_flags;

const float HALF_PX = 30.0;

void main() {
  v_state = int(a_state + 0.5);
  v_flags = int(a_flags + 0.5);
  bool urgent = v_state == 4 || (v_flags & 3) != 0;
  if (urgent != (u_pass > 0.5)) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
  v_px = corner * HALF_PX;
  v_course = a_course;
  v_age = u_now - a_heard;
  vec2 centre = (a_position + u_from_centre) * u_clip_per_world;
  gl_Position = vec4(centre + corner * HALF_PX * u_size * u_clip_per_px, 0.0, 1.0);
}`;

export const FRAGMENT_SHADER = `#version 300 es
precision highp float;
in vec2 v_px;
flat in float v_course;
flat in float v_age;
flat in int v_state;
flat in int v_flags;
uniform float u_size;
uniform float u_px_ratio;
uniform vec2 u_age_limits;
uniform vec3 u_palette[6];
out vec4 fragColor;

const float PI = 3.14159265;
const float RING_PX = 13.0;

float arrow(vec2 p) {
  p.x = abs(p.x);
  float side = dot(p - vec2(0.0, 10.5), normalize(vec2(18.5, 7.5)));
  float notch = dot(p - vec2(0.0, -4.5), normalize(vec2(3.6, -7.5)));
  return max(side, notch);
}

float diamond(vec2 p) { return (abs(p.x) + abs(p.y) - 9.0) * 0.7071; }

float body(vec2 p) {
  if (v_state == 3) return diamond(p);
  bool heading = v_course >= 0.0 && (v_state == 1 || v_state == 4);
  if (!heading) return length(p) - (v_state == 0 ? 5.5 : 6.5);
  float angle = radians(v_course);
  float c = cos(angle);
  float s = sin(angle);
  return arrow(vec2(c * p.x - s * p.y, s * p.x + c * p.y)) - 1.0;
}

float ring(float radius, float width) { return abs(length(v_px) - radius) - width * 0.5; }

void main() {
  float edge = 0.75 / (u_size * u_px_ratio);
  vec3 colour = u_palette[v_state];
  vec3 paper = u_palette[5];
  bool old = v_age >= u_age_limits.y;
  float shape = body(v_px);
  vec4 drawn = vec4(0.0);

  // A paper-coloured disc and rim lift the bus off the roads below it.
  float disc = 1.0 - smoothstep(-edge, edge, length(v_px) - 15.0);
  drawn = mix(drawn, vec4(paper, 1.0), disc * 0.88);
  if ((v_flags & 1) != 0) {
    float halo = 1.0 - smoothstep(-edge, edge, ring(21.0, 4.0));
    drawn = mix(drawn, vec4(u_palette[1], 1.0), halo);
  }
  if (v_state == 4 || (v_flags & 2) != 0) {
    float second = 1.0 - smoothstep(-edge, edge, ring(17.0, 2.0));
    drawn = mix(drawn, vec4(u_palette[4], 1.0), second);
  }

  float fill = old ? abs(shape + 0.8) - 1.0 : shape;
  drawn = mix(drawn, vec4(old ? mix(colour, u_palette[0], 0.6) : colour, 1.0), 1.0 - smoothstep(-edge, edge, fill));

  float fresh = v_age < u_age_limits.x ? 1.0 : (u_age_limits.y - v_age) / (u_age_limits.y - u_age_limits.x);
  float turn = fract(atan(v_px.x, v_px.y) / (2.0 * PI) + 1.0);
  float arc = 1.0 - smoothstep(-edge, edge, ring(RING_PX, 2.0));
  float track = old ? 0.0 : 0.22;
  drawn = mix(drawn, vec4(colour, 1.0), arc * (turn <= fresh && !old ? 1.0 : track));

  if ((v_flags & 4) != 0) drawn *= 0.22;
  fragColor = vec4(drawn.rgb * drawn.a, drawn.a);
}`;
