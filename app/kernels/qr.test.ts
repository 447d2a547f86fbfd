import { expect, test } from 'vitest';
import type { Tensor } from '../gpu/home';
import { hardwareLike, homes } from '../gpu/testing';
import { compose, frobenius, identity, type Matrix, matmul, matrix, subtract } from '../math/linalg';
import { orthonormal } from '../math/spectra';
import { normals } from '../math/threefry';
import { choleskyQr, householderQr, orthonormalize } from './qr';

const EPS = 2 ** -23;
const shapes = [
  [1, 1],
  [5, 5],
  [65, 17],
  [200, 24],
];

const read = async (t: Tensor): Promise<Matrix> => matrix(t.shape[0], t.shape[1], await t.home.read(t));
const lossOf = (q: Matrix): number =>
  frobenius(subtract(matmul(q, q, { transposeA: true }), identity(q.cols)));

/** m x l with condition number `cond` and exponential spectrum, rounded to float32. */
function conditioned(m: number, l: number, cond: number): Matrix {
  const s = Float64Array.from({ length: l }, (_, i) => cond ** (-i / Math.max(1, l - 1)));
  return matrix(m, l, Float32Array.from(compose(orthonormal(2, 0, m, l), s, orthonormal(2, 1, l, l)).data));
}

async function checkFactors(y: Matrix, q: Matrix, r: Matrix): Promise<void> {
  expect(lossOf(q)).toBeLessThanOrEqual(10 * y.cols * EPS);
  expect(frobenius(subtract(matmul(q, r), y))).toBeLessThanOrEqual(20 * y.cols * EPS * frobenius(y));
  for (let i = 0; i < y.cols; i++) {
    for (let j = 0; j < i; j++) expect(Math.abs(r.data[i * y.cols + j])).toBe(0);
  }
}

test.each(shapes)('orthonormalizes a Gaussian %i x %i matrix without a fall-back', async (m, l) => {
  const { gpu, cpu } = await homes();
  const y = matrix(m, l, Float32Array.from(normals(3, 0, m * l)));
  for (const home of [gpu, cpu]) {
    const { q, r, fallback } = await orthonormalize(home.tensor([m, l], y.data));
    expect(fallback).toBe(0);
    await checkFactors(y, await read(q), await read(r));
    expect((await read(r)).data.every((x, i) => i % (l + 1) !== 0 || x > 0)).toBe(true);
  }
  await gpu.finish();
});

test('falls back at condition 1e5 and stays orthonormal where one pass does not', async () => {
  const { gpu } = await homes();
  const y = conditioned(200, 24, 1e5);
  const { q, r, fallback } = await orthonormalize(gpu.tensor([200, 24], y.data));
  expect(fallback).toBeGreaterThanOrEqual(1);
  await checkFactors(y, await read(q), await read(r));
  expect(lossOf(await read(q))).toBeLessThanOrEqual(1e-5);
});

test('one pass of CholeskyQR loses orthogonality at condition 1e3, two do not', async () => {
  const { gpu } = await homes();
  const y = gpu.tensor([200, 24], conditioned(200, 24, 1e3).data);
  const one = await choleskyQr(y);
  expect(one.ok).toBe(true);
  expect(lossOf(await read(one.q))).toBeGreaterThan(1e-3);
  expect(lossOf(await read((await orthonormalize(y)).q))).toBeLessThanOrEqual(1e-5);
});

test.each([
  [12, 5, 0],
  [65, 17, 3],
  [30, 30, 29],
])('a %i x %i matrix of rank %i has surplus columns that are orthonormal', async (m, l, rank) => {
  const { gpu } = await homes();
  const factors =
    rank === 0 ? null : matmul(orthonormal(4, 0, m, rank), orthonormal(4, 1, l, rank), { transposeB: true });
  const y = matrix(m, l, factors ? Float32Array.from(factors.data) : undefined);
  const { q, r, fallback } = await orthonormalize(gpu.tensor([m, l], y.data));
  expect(fallback).toBeGreaterThanOrEqual(1);
  await checkFactors(y, await read(q), await read(r));
});

test.each([...shapes, [12, 5]])(
  'Householder factors a %i x %i matrix with a zero and a doubled column',
  async (m, l) => {
    const { gpu, cpu } = await homes();
    const data = Float32Array.from(normals(5, 0, m * l));
    for (let i = 0; i < m && l > 2; i++) {
      data[i * l + 1] = 0;
      data[i * l + 2] = data[i * l];
    }
    const y = matrix(m, l, data);
    for (const home of [gpu, cpu]) {
      const { q, r } = await householderQr(home.tensor([m, l], data));
      await checkFactors(y, await read(q), await read(r));
    }
  },
);

test('reports the breakdown of a zero matrix', async () => {
  const { gpu } = await homes();
  expect((await choleskyQr(gpu.tensor([6, 3]))).ok).toBe(false);
});

test('refuses a wide matrix', async () => {
  const { gpu } = await homes();
  await expect(orthonormalize(gpu.tensor([3, 5]))).rejects.toThrow('3 x 5 has more columns than rows');
});

const spectra: Record<string, (i: number, n: number) => number> = {
  exp: (i) => Math.exp(-0.5 * i),
  power: (i) => 1 / (i + 1),
  step: (i, n) => (i < n / 2 ? 1 : 0),
  flat: () => 1,
};

for (const kind of Object.keys(spectra)) {
  test.each([1, 2, 3, 17, 64, 65])(`factors %i columns with spectrum ${kind} to 10 n eps`, async (n) => {
    const { gpu } = await homes();
    const s = Float64Array.from({ length: n }, (_, i) => spectra[kind](i, n));
    for (const m of [n, 2 * n + 3]) {
      const a = compose(orthonormal(6, 0, m, n), s, orthonormal(6, 1, n, n));
      const y = matrix(m, n, Float32Array.from(a.data));
      for (const factor of [orthonormalize, householderQr]) {
        const { q, r } = await factor(gpu.tensor([m, n], y.data));
        await checkFactors(y, await read(q), await read(r));
      }
    }
  });
}

test.each([
  [9, 5],
  [90, 33],
  [150, 70],
])('orthonormalizes %i x %i, also of low rank, as a GPU would', async (m, l) => {
  const gpu = await hardwareLike();
  const full = matrix(m, l, Float32Array.from(normals(3, 7, m * l)));
  const low = matmul(orthonormal(4, 0, m, 3), orthonormal(4, 1, l, 3), { transposeB: true });
  for (const [y, fallen] of [
    [full, false],
    [matrix(m, l, Float32Array.from(low.data)), true],
  ] as const) {
    const { q, r, fallback } = await orthonormalize(gpu.tensor([m, l], y.data));
    expect(fallback > 0).toBe(fallen);
    await checkFactors(y, await read(q), await read(r));
  }
});

test('stays orthonormal where rounding leaves every pivot of a singular Gram matrix positive', async () => {
  const { gpu } = await homes();
  for (let trial = 0; trial < 40; trial++) {
    const l = 3 + (trial % 6);
    const m = 4 * l;
    const left = matrix(m, l - 1, normals(8, 2 * trial, m * (l - 1)));
    const right = matrix(l - 1, l, normals(8, 2 * trial + 1, l * (l - 1)));
    const y = gpu.tensor([m, l], matmul(left, right).data);
    expect(lossOf(await read((await orthonormalize(y)).q))).toBeLessThanOrEqual(10 * l * EPS);
  }
});
