/**
 * Renders public/sample.png, the picture that the page opens with: a lake at the foot of mountains in the
 * last sun. It has what makes rank worth looking at: a smooth sky, straight edges (cabin, pier), a mirror
 * image, and texture down to the pixel (forest, rock, waves, grain).
 *
 *   node app/data/sample/render.mjs [scale = 1] [samples a side = 2] [out = public/sample.png]
 *
 * Every number comes from the scene and a fixed hash, so the same engine draws the same picture. The PNG is
 * what ships: it is lossless, so that it decodes to the same bits everywhere.
 */
import sharp from 'sharp';
import { march, normalAt, sunlight } from './march.mjs';
import { hash2, noise } from './noise.mjs';
import { material, sky } from './paint.mjs';

const scale = Number(process.argv[2] ?? 1);
const perSide = Number(process.argv[3] ?? 2);
const out = process.argv[4] ?? 'public/sample.png';
const width = Math.round(768 * scale);
const height = Math.round(512 * scale);
const eye = [0, 3.1, 0];
const pitch = 0.075; // upwards, so that the horizon lies below the middle
const focal = 1.75; // in half heights

const rgb = Buffer.alloc(3 * width * height);
for (let j = 0; j < height; j++) {
  for (let i = 0; i < width; i++) {
    const sum = [0, 0, 0];
    for (let s = 0; s < perSide * perSide; s++) {
      const u = i + ((s % perSide) + hash2(3 * i + s, j)) / perSide;
      const v = j + (Math.floor(s / perSide) + hash2(i, 5 * j + s)) / perSide;
      const colour = radiance(eye, direction((2 * u - width) / height, 1 - (2 * v) / height));
      for (let c = 0; c < 3; c++) sum[c] += Math.min(colour[c], 6);
    }
    const x = i / width - 0.5;
    const y = j / height - 0.5;
    const vignette = 1 - 0.45 * (x * x + y * y);
    const grain = 1.6 * (hash2(i + 911, j + 37) + hash2(i + 13, j + 577) - 1);
    for (let c = 0; c < 3; c++) {
      const film = develop((1.0 * vignette * sum[c]) / perSide ** 2);
      rgb[3 * (j * width + i) + c] = Math.max(0, Math.min(255, Math.round(255 * film + grain)));
    }
  }
}
await sharp(rgb, { raw: { width, height, channels: 3 } })
  .png({ compressionLevel: 9, adaptiveFiltering: true })
  .toFile(out);

function direction(x, y) {
  const d = [x / focal, y / focal, 1];
  const turned = [d[0], d[1] * Math.cos(pitch) + Math.sin(pitch), Math.cos(pitch) - d[1] * Math.sin(pitch)];
  const length = Math.hypot(...turned);
  return turned.map((w) => w / length);
}

/** Light that arrives at `from` along -d: a surface, or water with what it mirrors, seen through haze. */
function radiance(from, d, isMirrored = false) {
  const hit = march(from, d, isMirrored);
  const water = d[1] < 0 ? -from[1] / d[1] : Infinity;
  if (!isMirrored && water < hit.t) return haze(lake(from, d, water), d, water);
  if (hit.t === Infinity) return sky(d);
  const at = from.map((w, c) => w + hit.t * d[c]);
  const n = normalAt(at, hit);
  return haze(material(at, n, hit, sunlight(at, n)), d, hit.t);
}

function lake(from, d, t) {
  const at = from.map((w, c) => w + t * d[c]);
  // Waves are long across the view and fade with distance, where a pixel averages over many of them.
  const calm = 1 / (1 + t / 60);
  const ripple = (x, z) =>
    0.5 * noise(x * 0.55, z * 1.3) + 0.25 * noise(x * 1.7 + 9, z * 3.9) + 0.12 * noise(x * 5, z * 9);
  const e = 0.03;
  const here = ripple(at[0], at[2]);
  const strength = 0.013 * calm * (0.5 + 0.9 * (0.5 + 0.5 * noise(at[0] / 40, at[2] / 70)));
  const nx = (strength * (here - ripple(at[0] + e, at[2]))) / e;
  const nz = (strength * (here - ripple(at[0], at[2] + e))) / e;
  const length = Math.hypot(nx, 1, nz);
  const n = [nx / length, 1 / length, nz / length];
  const cosine = Math.min(0, d[0] * n[0] + d[1] * n[1] + d[2] * n[2]);
  const r = d.map((w, c) => w - 2 * cosine * n[c]);
  r[1] = Math.abs(r[1]) + 0.002;
  const mirrored = radiance([at[0], 0.01, at[2]], r, true);
  const fresnel = 0.03 + 0.97 * (1 + cosine) ** 5;
  const part = Math.min(1, 0.28 + fresnel * 0.72);
  const deep = [0.012, 0.034, 0.042];
  return mirrored.map((w, c) => part * 0.93 * w + (1 - part) * deep[c]);
}

/** Blue air, warmer towards the sun, that thickens with distance. */
function haze(colour, d, t) {
  const part = 1 - Math.exp(-((t / 5200) ** 1.15));
  const low = Math.exp(-6 * Math.max(0, d[1]));
  const warm = Math.max(0, 0.5 - 0.9 * d[0]);
  const air = [0.5 + 0.42 * warm * low, 0.56 + 0.16 * warm * low, 0.74 - 0.06 * warm];
  return colour.map((w, c) => w * (1 - part) + air[c] * part);
}

/** Scene light to stored sRGB: a film curve (Narkowicz 2015), then the display's exponent. */
function develop(x) {
  const y = 0.72 * x;
  const toned = (y * (2.51 * y + 0.03)) / (y * (2.43 * y + 0.59) + 0.14);
  return Math.max(0, Math.min(1, toned)) ** (1 / 2.2);
}
