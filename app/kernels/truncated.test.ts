import { expect, test } from 'vitest';
import type { Home } from '../gpu/home';
import { hardwareLike, homes } from '../gpu/testing';
import { compose, frobenius, identity, type Matrix, matmul, matrix, subtract } from '../math/linalg';
import { orthonormal } from '../math/spectra';
import { truncatedSvd } from './truncated';

const EPS = 2 ** -23;

const make = (m: number, n: number, sigma: (i: number) => number): Matrix => {
  const k = Math.min(m, n);
  const s = Float64Array.from({ length: k }, (_, i) => sigma(i));
  return matrix(m, n, Float32Array.from(compose(orthonormal(51, 0, m, k), s, orthonormal(51, 1, n, k)).data));
};

async function run(home: Home, a: Matrix, rank: number, power: number) {
  const { u, s, v } = await truncatedSvd(home.tensor([a.rows, a.cols], a.data), rank, { power });
  return {
    u: matrix(a.rows, rank, await home.read(u)),
    s: Float64Array.from(await home.read(s)),
    v: matrix(a.cols, rank, await home.read(v)),
  };
}

const lossOf = (q: Matrix): number =>
  frobenius(subtract(matmul(q, q, { transposeA: true }), identity(q.cols)));

test.each([
  [60, 40, 5],
  [40, 60, 5],
  [257, 131, 32],
  [33, 9, 9],
  [5, 5, 1],
])('a %i x %i matrix of exponential spectrum is within 1 %% of the best at rank %i', async (m, n, rank) => {
  const { gpu, cpu } = await homes();
  const a = make(m, n, (i) => Math.exp(-0.1 * i));
  for (const home of [gpu, cpu]) {
    const { u, s, v } = await run(home, a, rank, 2);
    let best = 0;
    for (let i = rank; i < Math.min(m, n); i++) best += Math.exp(-0.2 * i);
    const error = frobenius(subtract(compose(u, s, v), a));
    expect(error).toBeLessThanOrEqual(1.01 * Math.sqrt(best) + 10 * m * EPS);
    expect(lossOf(u)).toBeLessThanOrEqual(10 * m * EPS);
    expect(lossOf(v)).toBeLessThanOrEqual(10 * n * EPS);
    s.forEach((x, i) => {
      expect(Math.abs(x - Math.exp(-0.1 * i))).toBeLessThanOrEqual(0.02);
    });
  }
});

test('steep spectra and matrices of low rank take the careful route, to rounding', async () => {
  const { gpu } = await homes();
  for (const sigma of [(i: number) => Math.exp(-2 * i), (i: number) => (i < 3 ? 1 : 0)]) {
    const a = make(90, 70, sigma);
    const { u, s, v } = await run(gpu, a, 12, 1);
    expect(frobenius(subtract(compose(u, s, v), a))).toBeLessThanOrEqual(10 * 90 * EPS);
    expect(lossOf(u)).toBeLessThanOrEqual(10 * 90 * EPS);
    expect(lossOf(v)).toBeLessThanOrEqual(10 * 90 * EPS);
  }
});

test('takes at most 40 dispatches, on software and on a GPU', async () => {
  const { gpu } = await homes();
  const a = make(300, 150, (i) => 0.95 ** i);
  for (const home of [gpu, await hardwareLike()]) {
    const before = home.counters.dispatches;
    const { s } = await run(home, a, 32, 1);
    expect(home.counters.dispatches - before).toBeLessThanOrEqual(40);
    expect(Math.abs(s[0] - 1)).toBeLessThanOrEqual(300 * EPS);
  }
});

test('refuses a rank that is not within the matrix', async () => {
  const { gpu } = await homes();
  await expect(truncatedSvd(gpu.tensor([6, 4]), 5)).rejects.toThrow('rank 5 is not within 1 to 4');
  await expect(truncatedSvd(gpu.tensor([6, 4]), 0)).rejects.toThrow('rank 0 is not within 1 to 4');
});
