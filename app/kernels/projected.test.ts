import { describe, expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import {
  adamDirection,
  applyScaled,
  limitGrowth,
  lineRatio,
  recordCosine,
  scaleRemainder,
} from './projected';

const shapes = [
  [1, 1],
  [3, 7],
  [64, 4],
  [65, 131],
  [2, 300],
] as const;

describe.each(shapes)('on %i x %i', (m, n) => {
  test('the direction of Adam meets its twin over steps, and begins at the same size everywhere', async () => {
    const { gpu } = await homes({ verify: true });
    const moments = gpu.tensor([m * n, 2]);
    for (let step = 0; step < 3; step++)
      await adamDirection(gpu.tensor([m, n], normals(1, step, m * n)), moments);
    const first = normals(1, 9, m * n);
    const { n: direction } = await adamDirection(gpu.tensor([m, n], first), gpu.tensor([m * n, 2]));
    (await gpu.read(direction)).forEach((value, i) => {
      const g = Math.abs(first[i]);
      const size = (0.1 * g) / (Math.sqrt(0.001) * g + 1e-8);
      expect(Math.abs(value)).toBeGreaterThan((1 - 1e-5) * size);
      expect(Math.abs(value)).toBeLessThan((1 + 1e-5) * size);
    });
  });

  test.each([true, false])(
    'the ratio of lines meets its twin, by rows %s, and lines of zeros are finite',
    async (byRow) => {
      const { gpu } = await homes({ verify: true });
      const r = normals(2, 0, m * n);
      r.fill(0, 0, n);
      const phi = await lineRatio(gpu.tensor([m, n], normals(2, 1, m * n)), gpu.tensor([m, n], r), byRow);
      expect((await gpu.read(phi)).every(Number.isFinite)).toBe(true);
    },
  );

  test.each([true, false])('scaling lines meets its twin, by rows %s', async (byRow) => {
    const { gpu } = await homes({ verify: true });
    const phi = gpu.tensor([byRow ? m : n], normals(3, 1, byRow ? m : n).map(Math.abs));
    await scaleRemainder(gpu.tensor([m, n], normals(3, 0, m * n)), phi, byRow);
  });

  test('the limited step is applied as the twin does it', async () => {
    const { gpu } = await homes({ verify: true });
    const w = gpu.tensor([m, n], normals(4, 0, m * n));
    await applyScaled(w, gpu.tensor([m, n], normals(4, 1, m * n)), gpu.tensor([1], [0.3]), 0.01);
  });
});

test('norms grow by at most the bound, from the second step on', async () => {
  const { gpu } = await homes({ verify: true });
  const norms = gpu.tensor([4]);
  const sizes = [2, 10, 1, 1.005];
  const factors: number[] = [];
  for (const [at, size] of sizes.entries()) {
    const squares = gpu.tensor([4], new Array(4).fill(size ** 2 / 4));
    factors.push((await gpu.read((await limitGrowth(squares, norms, { at, bound: 1.01 })).factor))[0]);
  }
  const seen = await gpu.read(norms);
  expect(seen[0]).toBeCloseTo(2, 5);
  expect(seen[1]).toBeCloseTo(2.02, 5);
  expect(seen[2]).toBeCloseTo(1, 5);
  expect(seen[3]).toBeCloseTo(1.005, 5);
  expect(factors[1]).toBeCloseTo(0.202, 5);
});

test('without a bound norms are only recorded', async () => {
  const { gpu } = await homes({ verify: true });
  const norms = gpu.tensor([2]);
  await limitGrowth(gpu.tensor([1], [1]), norms, { at: 0, bound: null });
  await limitGrowth(gpu.tensor([1], [100]), norms, { at: 1, bound: null });
  expect([...(await gpu.read(norms))]).toEqual([1, 10]);
});

test('a cosine is recorded in its place', async () => {
  const { gpu } = await homes({ verify: true });
  const out = gpu.tensor([3]);
  const a = gpu.tensor([5], [1, 2, 3, 4, 5]);
  await recordCosine(out, a, a, 1);
  const seen = await gpu.read(out);
  expect(seen[1]).toBeCloseTo(1, 6);
  expect(seen[0]).toBe(0);
});
