import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { diagonalKernel, gatePairs, softplusRows } from './gate';
import { linearScan } from './linearscan';

test.each([
  [1, 1],
  [3, 7],
  [65, 5],
])('softplus and gates of %i x %i are right to a few units, small and large', async (rows, cols) => {
  const { gpu } = await homes({ verify: true });
  const x = gpu.tensor(
    [rows, cols],
    normals(51, 0, rows * cols).map((v) => 8 * v),
  );
  const y = await gpu.read(await softplusRows(x, gpu.tensor([cols], normals(51, 1, cols))));
  expect(y.every((value) => value >= 0)).toBe(true);
  const v = gpu.tensor([rows, cols], normals(51, 2, rows * cols));
  for (const gated of [false, true]) await gatePairs(x, v, gated);
});

test('softplus keeps the digits of small steps', async () => {
  const { gpu } = await homes();
  const x = [-6.9, -15, -40, -80, 0, 3, 30, 100];
  const y = await gpu.read(await softplusRows(gpu.tensor([1, 8], x), gpu.tensor([8])));
  x.forEach((value, i) => {
    const want = Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(Math.fround(value))));
    expect(Math.abs(y[i] / want - 1)).toBeLessThanOrEqual(1e-5);
  });
});

test('the selective model with one state is the gated recurrence', async () => {
  const { gpu, cpu } = await homes();
  for (const [home, bound] of [
    [gpu, 1e-5],
    [cpu, 1e-13],
  ] as const) {
    const z = home.tensor([200], normals(52, 0, 200));
    const v = home.tensor([200], normals(52, 1, 200));
    const [one, two] = [await gatePairs(z, v, false), await gatePairs(z, v, true)];
    const h = await home.read(await linearScan(one.a, one.b));
    const g = await home.read(await linearScan(two.a, two.b));
    g.forEach((value, i) => {
      expect(Math.abs(h[i] - value)).toBeLessThanOrEqual(bound);
    });
  }
});

test.each([
  [1, 1, 1],
  [3, 5, 70],
  [16, 16, 256],
])('kernels of %i channels with %i states over %i steps', async (d, states, length) => {
  const { gpu } = await homes({ verify: true });
  const w = gpu.tensor([d, states], normals(53, 0, d * states));
  const rate = gpu.tensor(
    [d, states],
    normals(53, 1, d * states).map((x) => -Math.abs(x) / 10),
  );
  expect((await diagonalKernel(w, rate, length)).shape).toEqual([d, length]);
});
