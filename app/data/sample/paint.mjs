/** Colours of the scene: sky with clouds, rock, snow, forest, wood. Linear light. */
import { cabin, sun } from './march.mjs';
import { fbm, hash2, noise, smoothstep } from './noise.mjs';

const SUNLIGHT = [3.1, 1.86, 0.92];
const SKYLIGHT = [0.3, 0.42, 0.66];

const mix = (a, b, t) => a.map((w, c) => w + (b[c] - w) * t);

/** The evening sky in direction d, clouds lit from the left. */
export function sky(d) {
  const up = Math.max(0, d[1]);
  let colour = mix([0.98, 0.72, 0.5], [0.36, 0.52, 0.78], smoothstep(0, 0.26, up));
  colour = mix(colour, [0.13, 0.27, 0.56], smoothstep(0.16, 0.62, up));
  colour = mix(colour, [1.1, 0.68, 0.38], 0.35 * Math.max(0, -d[0] - 0.1) * Math.exp(-5 * up));
  if (up < 0.015) return colour;
  const x = (1.9 * d[0]) / (up + 0.12);
  const y = (1.1 * d[2]) / (up + 0.12);
  const cover = (u, v) => {
    const bend = 0.6 * fbm(0.7 * u + 4, 0.7 * v, 4);
    return fbm(0.75 * u + bend + 1.3, 0.95 * v + bend, 7) + 0.14 * noise(0.3 * u, 0.4 * v + 2);
  };
  const thick = cover(x, y);
  const density = smoothstep(-0.02, 0.5, thick) * smoothstep(0.015, 0.1, up);
  const lit = Math.max(0, Math.min(1, 0.55 + 1.5 * (thick - cover(x - 0.2, y - 0.05))));
  const cloud = mix([0.46, 0.43, 0.55], [1.55, 1.06, 0.74], lit);
  return mix(colour, cloud, 0.9 * density);
}

/** Light that a surface point sends back: sun through shadow, sky from above, a little from the ground. */
export function material(at, n, hit, light) {
  const [albedo, glow] = surface(at, n, hit);
  const direct = light * Math.max(0, n[0] * sun[0] + n[1] * sun[1] + n[2] * sun[2]);
  const open = 0.5 + 0.5 * n[1];
  const bounce = 0.08 * (1 - open);
  return albedo.map((a, c) => a * (SUNLIGHT[c] * direct + SKYLIGHT[c] * open * 0.85 + bounce) + glow[c]);
}

const NONE = [0, 0, 0];

function surface(at, n, hit) {
  if (hit.kind === 'tree') {
    const shade =
      0.75 + 0.5 * hash2(Math.floor(at[0] * 5), Math.floor(at[1] * 5) + 991 * Math.floor(at[2] * 3));
    const autumn = smoothstep(0.3, 0.6, noise(at[0] / 4 + 50, at[2] / 4)) * 0.3;
    return [mix([0.05, 0.082, 0.032], [0.2, 0.12, 0.022], autumn).map((w) => w * shade), NONE];
  }
  if (hit.kind === 'built') return wood(at, n, hit.part);
  return [land(at, n), NONE];
}

function land([x, y, z], n) {
  const fine = fbm(x / 6, z / 6, 4);
  if (z < 330 || y < 40) {
    const shore = smoothstep(0.9, 0.25, y + 0.5 * fine);
    const grass = mix([0.1, 0.105, 0.03], [0.17, 0.13, 0.05], 0.5 + 0.9 * fine);
    return mix(grass, [0.2, 0.18, 0.155], shore);
  }
  const strata = 0.5 + 0.5 * noise(0.002 * x + y / 26 + 0.8 * fine, 3.7);
  let colour = mix([0.19, 0.165, 0.15], [0.3, 0.265, 0.235], strata).map(
    (w) => w * (1 + 0.5 * fbm(x / 22, z / 22, 5)),
  );
  const wooded = smoothstep(330, 150, y + 120 * fbm(x / 200, z / 200, 4)) * smoothstep(0.45, 0.7, n[1]);
  const speckle = 0.55 + 0.9 * hash2(Math.floor(x / 4), Math.floor(z / 6));
  colour = mix(
    colour,
    [0.04, 0.06, 0.028].map((w) => w * speckle),
    wooded,
  );
  const snowline = 330 + 150 * fbm(x / 160, z / 160, 5);
  const snow =
    smoothstep(snowline, snowline + 170, y) * smoothstep(0.4, 0.62, n[1] + 0.16 * fbm(x / 40, z / 40, 4));
  return mix(colour, [0.86, 0.88, 0.93], snow);
}

function wood([x, y, z], n, part) {
  if (part === 'deck' || part === 'posts') {
    const grain = 0.8 + 0.25 * noise(x * 2.2, z * 26) + 0.35 * hash2(Math.floor(z / 0.24), 8);
    return [[0.2, 0.165, 0.13].map((w) => w * (part === 'deck' ? grain : 0.62)), NONE];
  }
  if (part === 'roof') {
    const row = Math.floor(y / 0.16);
    const tile = 0.7 + 0.5 * hash2(Math.floor(x / 0.3 + 0.5 * (row & 1)), row);
    return [[0.085, 0.08, 0.09].map((w) => w * tile), NONE];
  }
  if (part === 'chimney')
    return [[0.3, 0.24, 0.2].map((w) => w * (0.8 + 0.4 * hash2(Math.floor(y * 5), Math.floor(x * 4)))), NONE];
  const isFront = Math.abs(n[2]) > 0.5;
  const u = isFront ? x - cabin.x : z - cabin.z;
  const v = y - cabin.y;
  const half = isFront ? cabin.half[0] : cabin.half[2];
  const centre = isFront ? (u < 0 ? -1.9 : 1.9) : 0;
  const w = Math.abs(u - centre);
  const h = Math.abs(v - 0.35);
  const isDoor = isFront && Math.abs(u) < 0.5 && v < 1.1;
  if (w < 0.62 && h < 0.6) {
    const isBar = w < 0.045 || h < 0.045 || w > 0.53 || h > 0.51;
    return isBar
      ? [[0.75, 0.73, 0.7], NONE]
      : [
          [0.03, 0.04, 0.05],
          [1.5, 0.8, 0.25],
        ];
  }
  if (half - Math.abs(u) < 0.16) return [[0.75, 0.73, 0.7], NONE];
  const plank = Math.floor(u / 0.17);
  const seam = Math.abs(u / 0.17 - plank - 0.5) > 0.42 ? 0.55 : 1;
  const tone = seam * (0.85 + 0.3 * hash2(plank, 3));
  return [(isDoor ? [0.12, 0.09, 0.06] : [0.37, 0.058, 0.036]).map((c) => c * tone), NONE];
}
