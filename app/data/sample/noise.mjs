/** Smooth random functions of the plane, from an integer hash alone. */

/** 0..1 from two integers. */
export function hash2(i, j) {
  let h = (Math.imul(i | 0, 0x27d4eb2d) ^ Math.imul(j | 0, 0x165667b1)) | 0;
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}

const SIDE = 512; // the lattice repeats after this many cells
const gradients = Float32Array.from({ length: 2 * SIDE * SIDE }, (_, k) => {
  const angle = 2 * Math.PI * hash2((k >> 1) % SIDE, Math.floor((k >> 1) / SIDE));
  return k % 2 ? Math.sin(angle) : Math.cos(angle);
});

/** Gradient noise, about -1..1, wavelength about 2. */
export function noise(x, y) {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const u = x - i;
  const v = y - j;
  const su = u * u * u * (u * (6 * u - 15) + 10);
  const sv = v * v * v * (v * (6 * v - 15) + 10);
  const i0 = i & (SIDE - 1);
  const i1 = (i + 1) & (SIDE - 1);
  const j0 = (j & (SIDE - 1)) * SIDE;
  const j1 = ((j + 1) & (SIDE - 1)) * SIDE;
  const a = gradients[2 * (j0 + i0)] * u + gradients[2 * (j0 + i0) + 1] * v;
  const b = gradients[2 * (j0 + i1)] * (u - 1) + gradients[2 * (j0 + i1) + 1] * v;
  const c = gradients[2 * (j1 + i0)] * u + gradients[2 * (j1 + i0) + 1] * (v - 1);
  const d = gradients[2 * (j1 + i1)] * (u - 1) + gradients[2 * (j1 + i1) + 1] * (v - 1);
  return 1.5 * (a + su * (b - a) + sv * (c - a + su * (a - b - c + d)));
}

/** Sum of octaves, each half as high and turned against the one before. */
export function fbm(x, y, octaves) {
  let sum = 0;
  let size = 0.5;
  for (let o = 0; o < octaves; o++) {
    sum += size * noise(x, y);
    size *= 0.5;
    [x, y] = [1.6 * x + 1.2 * y + 17.3, 1.6 * y - 1.2 * x + 9.1];
  }
  return sum;
}

/** Octaves folded to sharp crests, 0..1; finer ones only near a crest, as erosion leaves them. */
export function ridges(x, y, octaves) {
  let sum = 0;
  let size = 0.5;
  let before = 1;
  for (let o = 0; o < octaves; o++) {
    const crest = (1 - Math.abs(noise(x, y))) ** 2;
    sum += size * crest * before;
    before = Math.min(1, 1.3 * crest);
    size *= 0.5;
    [x, y] = [1.6 * x + 1.2 * y + 5.7, 1.6 * y - 1.2 * x + 13.9];
  }
  return sum;
}

export const smoothstep = (low, high, x) => {
  const t = Math.max(0, Math.min(1, (x - low) / (high - low)));
  return t * t * (3 - 2 * t);
};
