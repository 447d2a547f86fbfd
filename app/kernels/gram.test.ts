import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { matmul, matrix } from '../math/linalg';
import { normals } from '../math/threefry';
import { timesUpper, upperGram } from './gram';

const U = 2 ** -24;

test.each([
  [1, 1],
  [7, 3],
  [130, 9],
  [257, 33],
  [64, 64],
])('sums the upper Gram triangle of a %i x %i matrix in parts', async (m, n) => {
  const { gpu } = await homes();
  const y = matrix(m, n, Float32Array.from(normals(12, 0, m * n)));
  const parts = await upperGram(gpu.tensor([m, n], y.data));
  const sums = new Float64Array(n * n);
  (await gpu.read(parts)).forEach((x, e) => {
    sums[e % (n * n)] += x;
  });
  const want = matmul(y, y, { transposeA: true }).data;
  const size = (i: number): number => Math.sqrt(want[i * (n + 1)]);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const off = Math.abs(sums[i * n + j] - want[i * n + j]);
      expect(off).toBeLessThanOrEqual((m + 8) * U * size(i) * size(j));
    }
  }
});

test.each([
  [1, 1],
  [7, 3],
  [65, 16],
  [130, 17],
  [33, 70],
])('multiplies a %i x %i matrix by an upper triangle', async (m, n) => {
  const { gpu } = await homes();
  const a = matrix(m, n, Float32Array.from(normals(12, 1, m * n)));
  const t = matrix(
    n,
    n,
    Float32Array.from(normals(12, 2, n * n), (x, e) => (e % n >= Math.floor(e / n) ? x : 0)),
  );
  const got = await gpu.read(await timesUpper(gpu.tensor([m, n], a.data), gpu.tensor([n, n], t.data)));
  const want = matmul(a, t).data;
  const size = matmul(matrix(m, n, a.data.map(Math.abs)), matrix(n, n, t.data.map(Math.abs))).data;
  got.forEach((x, e) => {
    expect(Math.abs(x - want[e])).toBeLessThanOrEqual((n + 2) * U * size[e]);
  });
});
