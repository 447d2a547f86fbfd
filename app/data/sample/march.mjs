/**
 * The scene as geometry, in metres: y up, z away from the eye, water at y = 0. Land is a height field with
 * conifers as cones upon it; cabin and pier are distance functions. Rays are marched through both.
 */
import { fbm, hash2, noise, ridges, smoothstep } from './noise.mjs';

/** Where the light comes from: low, from the left and behind. */
export const sun = [-0.83, 0.27, -0.49];
const FAR = 9000;
const TREE = 15; // the highest tree
export const cabin = { x: 13.2, y: 1.75, z: 47, half: [3.4, 1.7, 2.6], roof: 2.1 };
export const pier = { from: -2.4, to: -0.6, near: 3, end: 25, y: 0.62 };

/** The ground without trees. */
export function ground(x, z, octaves) {
  const wander = 9 * noise(x / 60, z / 45) + 3 * noise(x / 17, z / 13);
  const far = smoothstep(150, 330, z + 2.2 * wander - 0.12 * Math.abs(x));
  const right =
    smoothstep(4.5, 15, x - 0.02 * (z - 47) ** 2 * (z < 47 ? 1 : 0.02) - 0.35 * wander) *
    smoothstep(30, 42, z);
  const left = smoothstep(24, 52, -x + 1.1 * wander) * smoothstep(25, 75, z);
  let h = -1.6 + 9 * far + 3.4 * right + 5.5 * left + 0.4 * noise(x / 3, z / 3);
  h +=
    26 * smoothstep(30, 90, x) * smoothstep(40, 150, z) +
    16 * smoothstep(50, 120, -x) * smoothstep(60, 150, z);
  const rise = smoothstep(330, 2900, z + 0.35 * Math.abs(x + 200));
  if (rise > 0) {
    const peak = Math.exp(-(((x + 330) / 620) ** 2) - ((z - 3000) / 1100) ** 2);
    const second = Math.exp(-(((x - 900) / 520) ** 2) - ((z - 3300) / 900) ** 2);
    const third = Math.exp(-(((x + 1750) / 500) ** 2) - ((z - 3400) / 900) ** 2);
    const mass = 0.22 + 1.25 * peak + 0.95 * second + 0.85 * third;
    h += rise * (mass * 900 * (0.34 + 0.9 * ridges(x / 640 + 3.1, z / 640 + 1.7, octaves)) - 90);
  }
  if (z > 300) h += 10 * fbm(x / 90, z / 90, Math.max(2, octaves - 3)) * smoothstep(300, 500, z);
  return h;
}

/** Height of the conifers above the ground here, 0 between them. */
function trees(x, z, base) {
  if (base < 0.5 || base > 330 || z > 900 || (z < 80 && x > 0 && x < 44 - 0.1 * z)) return 0;
  const cell = z > 120 ? 5.2 : 3.6;
  let height = 0;
  const ci = Math.floor(x / cell);
  const cj = Math.floor(z / cell);
  for (let j = cj - 1; j <= cj + 1; j++) {
    for (let i = ci - 1; i <= ci + 1; i++) {
      const grow = hash2(i, j + 77);
      if (grow < 0.3 + 0.35 * noise(i / 7, j / 7)) continue;
      const dx = x - cell * (i + 0.2 + 0.6 * hash2(i + 31, j));
      const dz = z - cell * (j + 0.2 + 0.6 * hash2(i, j + 31));
      const top = 6 + (TREE - 6) * hash2(i + 5, j + 9) * grow;
      const spread = 0.19 * top + 0.35;
      const angle = Math.atan2(dz, dx);
      const jag = 1 + 0.22 * Math.sin(5 * angle + 40 * grow) + 0.16 * Math.sin(11 * angle + 90 * grow);
      height = Math.max(height, top * (1 - (Math.hypot(dx, dz) * jag) / spread));
    }
  }
  return height;
}

/** Distance to cabin and pier; `part` says which. */
function built([x, y, z]) {
  const bx = Math.abs(x - cabin.x);
  const bz = Math.abs(z - cabin.z);
  const by = y - cabin.y;
  const [hx, hy, hz] = cabin.half;
  const walls = box(bx - hx, Math.abs(by - 0.4) - hy - 0.4, bz - hz);
  const slope = Math.hypot(cabin.roof, hz + 0.5);
  // The gable runs along x: its planes fall towards z, a slab of 12 cm on top of the walls.
  const above = ((by - hy - 0.75 - cabin.roof) * (hz + 0.5) + bz * cabin.roof) / slope;
  const roof = Math.max(Math.abs(above) - 0.12, bx - hx - 0.45, bz - hz - 0.55);
  const gable = Math.max(above, bx - hx, hy + 0.3 - by);
  const chimney = box(
    Math.abs(x - cabin.x - 1.6) - 0.35,
    Math.abs(by - 4.2) - 1.1,
    Math.abs(z - cabin.z - 0.5) - 0.35,
  );
  const mid = (pier.from + pier.to) / 2;
  const long = (pier.near + pier.end) / 2;
  const board = z / 0.24 - Math.floor(z / 0.24) - 0.5;
  const deck = box(
    Math.abs(x - mid) - (pier.to - pier.from) / 2 - 0.04 * hash2(Math.floor(z / 0.24), 4),
    Math.abs(y - pier.y) - 0.06,
    Math.max(Math.abs(z - long) - (pier.end - pier.near) / 2, 0.24 * (Math.abs(board) - 0.46)),
  );
  const pz = z - 3.6 * Math.round((z - 3.4) / 3.6) - 3.4;
  const px = Math.abs(x - mid) - (pier.to - pier.from) / 2 - 0.1;
  const posts = Math.max(Math.hypot(px, pz) - 0.11, y - 1.15, z - pier.end - 0.4, pier.near - z);
  const all = { walls: Math.min(walls, gable), roof, chimney, deck, posts };
  let part = 'walls';
  for (const name of Object.keys(all)) if (all[name] < all[part]) part = name;
  return { distance: all[part], part };
}

const box = (x, y, z) =>
  Math.hypot(Math.max(x, 0), Math.max(y, 0), Math.max(z, 0)) + Math.min(0, Math.max(x, y, z));

/** First hit of the ray with land or what is built: { t, kind, part }, t = Infinity for the sky. */
export function march(from, d, isCoarse = false) {
  const limit = Math.min(FAR, d[1] > 0 ? (1500 - from[1]) / d[1] : FAR);
  const object = marchBuilt(from, d);
  let t = 0.2;
  let last = t;
  const octaves = isCoarse ? 5 : 6;
  for (let step = 0; step < 420 && t < limit; step++) {
    const x = from[0] + t * d[0];
    const y = from[1] + t * d[1];
    const z = from[2] + t * d[2];
    if (t > object.t) return object;
    if (y < -2) break;
    const base = ground(x, z, octaves);
    let gap = y - base;
    let tree = 0;
    if (gap > 0 && gap < TREE) {
      tree = trees(x, z, base);
      gap -= tree;
    }
    if (gap < 0.0004 * t) {
      for (let half = 0; half < 5; half++) {
        const mid = (last + t) / 2;
        const g = ground(from[0] + mid * d[0], from[2] + mid * d[2], octaves);
        const over = from[1] + mid * d[1] - g - trees(from[0] + mid * d[0], from[2] + mid * d[2], g);
        if (over < 0) t = mid;
        else last = mid;
      }
      return t < object.t ? { t, kind: tree > 0.3 ? 'tree' : 'land', part: '' } : object;
    }
    last = t;
    const isAmongTrees = y - base < TREE && z < 900;
    t += isAmongTrees ? Math.max(0.12 + 0.0011 * t, 0.14 * gap) : Math.max(0.2 + 0.0015 * t, 0.4 * gap - 2);
  }
  return object;
}

function marchBuilt(from, d) {
  let t = 0.05;
  for (let step = 0; step < 130 && t < 80; step++) {
    const at = from.map((w, c) => w + t * d[c]);
    const { distance, part } = built(at);
    if (distance < 0.0008 * t) return { t, kind: 'built', part };
    t += 0.8 * Math.max(distance, 0.002);
  }
  return { t: Infinity, kind: 'sky', part: '' };
}

export function normalAt(at, hit) {
  const e = hit.kind === 'built' ? 0.004 : Math.max(0.05, 0.0011 * hit.t);
  let n;
  if (hit.kind === 'built') {
    const here = built(at).distance;
    n = [0, 1, 2].map((c) => built(at.map((w, k) => (k === c ? w + e : w))).distance - here);
  } else {
    const full = (x, z) => {
      const g = ground(x, z, 10);
      return g + (hit.kind === 'tree' ? trees(x, z, g) : 0);
    };
    const here = full(at[0], at[2]);
    n = [here - full(at[0] + e, at[2]), e, here - full(at[0], at[2] + e)];
  }
  const length = Math.hypot(...n) || 1;
  return n.map((w) => w / length);
}

/** Share of the sun that reaches a point, 0..1, with a soft border. */
export function sunlight(at, n) {
  if (n[0] * sun[0] + n[1] * sun[1] + n[2] * sun[2] <= 0) return 0;
  const from = at.map((w, c) => w + 0.06 * n[c]);
  if (at[2] < 90 && marchBuilt(from, sun).t < 40) return 0;
  let light = 1;
  let t = at[2] > 600 ? 12 : 0.5;
  for (let step = 0; step < 46 && t < 1600; step++) {
    const x = from[0] + t * sun[0];
    const z = from[2] + t * sun[2];
    const base = ground(x, z, 5);
    let gap = from[1] + t * sun[1] - base;
    if (gap > 0 && gap < TREE && z < 400) gap -= trees(x, z, base);
    light = Math.min(light, 0.5 + (9 * gap) / t);
    if (light <= 0) return 0;
    t += Math.max(0.4 + 0.03 * t, 0.45 * gap);
  }
  return Math.min(1, light * light * (3 - 2 * light));
}
