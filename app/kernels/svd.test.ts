import { expect, test } from 'vitest';
import type { Home } from '../gpu/home';
import { hardwareLike, homes } from '../gpu/testing';
import { compose, frobenius, identity, type Matrix, matmul, matrix, subtract } from '../math/linalg';
import { orthonormal } from '../math/spectra';
import { singularValues as singularValues64 } from '../math/svd';
import { batchedSvd, jacobiSvd, type SvdTensors, singularValues, svd } from './svd';

const EPS = 2 ** -23;

const spectra: Record<string, (i: number, n: number) => number> = {
  exp: (i) => Math.exp(-0.5 * i),
  power: (i) => 1 / (i + 1),
  step: (i, n) => (i < n / 2 ? 1 : 0),
  flat: () => 1,
};

const shapes = [
  [1, 1],
  [2, 2],
  [3, 3],
  [17, 17],
  [64, 64],
  [65, 65],
  [65, 17],
  [17, 65],
];

const make = (m: number, n: number, kind: string): Matrix => {
  const k = Math.min(m, n);
  const s = Float64Array.from({ length: k }, (_, i) => spectra[kind](i, k));
  const a = compose(orthonormal(1, 0, m, k), s, orthonormal(1, 1, n, k));
  return matrix(m, n, Float32Array.from(a.data));
};

async function decompose(home: Home, a: Matrix) {
  const k = Math.min(a.rows, a.cols);
  const { u, s, v, sweeps } = await jacobiSvd(home.tensor([a.rows, a.cols], a.data));
  return {
    u: matrix(a.rows, k, await home.read(u)),
    s: Float64Array.from(await home.read(s)),
    v: matrix(a.cols, k, await home.read(v)),
    sweeps,
  };
}

const lossOf = (q: Matrix): number =>
  frobenius(subtract(matmul(q, q, { transposeA: true }), identity(q.cols)));

for (const kind of Object.keys(spectra)) {
  test.each(shapes)(`decomposes a %i x %i matrix with spectrum ${kind} to 10 n eps`, async (m, n) => {
    const { gpu, cpu } = await homes();
    const a = make(m, n, kind);
    const want = singularValues64(a);
    const bound = 10 * Math.max(m, n) * EPS;
    for (const home of [gpu, cpu]) {
      const { u, s, v, sweeps } = await decompose(home, a);
      expect(Math.max(...s.map((x, i) => Math.abs(x - want[i])))).toBeLessThanOrEqual(bound * want[0]);
      expect(s.every((x, i) => x >= 0 && (i === 0 || x <= s[i - 1]))).toBe(true);
      expect(lossOf(u)).toBeLessThanOrEqual(bound);
      expect(lossOf(v)).toBeLessThanOrEqual(bound);
      expect(frobenius(subtract(compose(u, s, v), a))).toBeLessThanOrEqual(bound * frobenius(a));
      expect(sweeps).toBeLessThan(20);
    }
    await gpu.finish();
  });
}

test('gives the zero matrix orthonormal vectors and zero values', async () => {
  const { gpu } = await homes();
  const { u, s, v } = await decompose(gpu, matrix(7, 5));
  expect([...s]).toEqual([0, 0, 0, 0, 0]);
  expect(lossOf(u)).toBeLessThanOrEqual(50 * EPS);
  expect(lossOf(v)).toBeLessThanOrEqual(50 * EPS);
});

test('singular values alone agree with float64, largest first', async () => {
  const { gpu, cpu } = await homes();
  const a = make(40, 24, 'exp');
  const want = singularValues64(a);
  for (const home of [gpu, cpu]) {
    const got = await singularValues(home.tensor([40, 24], a.data));
    expect(got.length).toBe(24);
    const worst = Math.max(...got.map((x, i) => Math.abs(x - want[i])));
    expect(worst).toBeLessThanOrEqual(10 * 40 * EPS * want[0]);
  }
});

async function checkItems(items: Matrix[], { u, s, v }: SvdTensors): Promise<void> {
  const { rows: m, cols: n } = items[0];
  const k = Math.min(m, n);
  const bound = 10 * Math.max(m, n) * EPS;
  const all = await Promise.all([u, s, v].map(async (t) => Float64Array.from(await t.home.read(t))));
  items.forEach((a, i) => {
    const part = (which: number, size: number) => all[which].slice(i * size, (i + 1) * size);
    const [left, values, right] = [matrix(m, k, part(0, m * k)), part(1, k), matrix(n, k, part(2, n * k))];
    const want = singularValues64(a);
    values.forEach((x, j) => {
      expect(Math.abs(x - want[j])).toBeLessThanOrEqual(bound * want[0]);
    });
    expect(lossOf(left)).toBeLessThanOrEqual(bound);
    expect(lossOf(right)).toBeLessThanOrEqual(bound);
    expect(frobenius(subtract(compose(left, values, right), a))).toBeLessThanOrEqual(bound * frobenius(a));
  });
}

test.each([
  [1, 1],
  [3, 3],
  [5, 12],
  [31, 17],
])('decomposes a batch of %i x %i matrices at once', async (m, n) => {
  const { gpu, cpu } = await homes();
  const items = [...Object.keys(spectra).map((kind) => make(m, n, kind)), matrix(m, n)];
  const all = items.flatMap((item) => [...item.data]);
  const shape = [items.length, m, n];
  await checkItems(items, await batchedSvd(gpu.tensor(shape, all)));
  for (const home of [gpu, cpu]) await checkItems(items, await svd(home.tensor(shape, all)));
});

test('chooses the home by itself, on software and on a GPU', async () => {
  const { gpu, cpu } = await homes();
  const a = make(40, 12, 'exp');
  for (const home of [gpu, cpu, await hardwareLike()]) {
    await checkItems([a], await svd(home.tensor([40, 12], a.data)));
  }
});

test('refuses a batch of large matrices', async () => {
  const { gpu } = await homes();
  await expect(batchedSvd(gpu.tensor([2, 40, 33]))).rejects.toThrow('at most 32 rows or columns');
});
