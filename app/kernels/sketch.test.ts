import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { matmul } from './matmul';
import { sketchGaussian, sketchMatrix, sketchSparse, sketchSrht } from './sketch';

const shapes: [number, number, number][] = [
  [1, 1, 1],
  [3, 3, 2],
  [5, 31, 7],
  [31, 32, 8],
  [33, 33, 9],
  [65, 127, 24],
  [17, 129, 129],
];

// The homes verify: every operation is compared with its float64 twin, at its own derived bound.
test.each(shapes)('sketches %i x %i to %i columns as the float64 twins do', async (m, n, l) => {
  const { gpu } = await homes({ verify: true });
  const a = gpu.tensor([m, n], normals(1, 0, m * n));
  const sketches = [
    await sketchGaussian(a, l, 3, 2),
    await sketchSparse(a, l, 3, [3, 4]),
    await sketchSrht(a, l, 3, [5, 6]),
  ];
  for (const y of sketches) {
    expect(y.shape).toEqual([m, l]);
    expect((await gpu.read(y)).every(Number.isFinite)).toBe(true);
  }
  await sketchMatrix('sparse', gpu, n, l, 3, [3, 4]);
  await sketchMatrix('srht', gpu, n, l, 3, [5, 6]);
  await gpu.finish();
});

test.each(shapes)(
  'in float64, the sketch of %i x %i to %i columns is the product with Omega',
  async (m, n, l) => {
    const { cpu } = await homes();
    const a = cpu.tensor([m, n], normals(1, 0, m * n));
    const pairs = [
      [await sketchSparse(a, l, 3, [3, 4]), await sketchMatrix('sparse', cpu, n, l, 3, [3, 4])],
      [await sketchSrht(a, l, 3, [5, 6]), await sketchMatrix('srht', cpu, n, l, 3, [5, 6])],
      [await sketchGaussian(a, l, 3, 2), await sketchMatrix('gaussian', cpu, n, l, 3, [2])],
    ];
    const size = Math.max(...Array.from(cpuData(a), Math.abs));
    for (const [y, omega] of pairs) {
      const want = cpuData(await matmul(a, omega));
      const widest = Math.max(...Array.from(cpuData(omega), Math.abs));
      // Two sums of up to 2 n terms each below size * widest.
      const bound = 4 * (n + 10) ** 2 * 2 ** -53 * size * widest;
      cpuData(y).forEach((value, i) => {
        expect(Math.abs(value - want[i])).toBeLessThanOrEqual(bound);
      });
    }
  },
);

test('a row of a sparse sketch has min(8, l) entries of one size, and srht columns are orthogonal', async () => {
  const { cpu } = await homes();
  const sparse = cpuData(await sketchMatrix('sparse', cpu, 20, 24, 0, [3, 4]));
  for (let i = 0; i < 20; i++) {
    const row = Array.from(sparse.subarray(24 * i, 24 * i + 24)).filter((x) => x !== 0);
    expect(row.map(Math.abs)).toEqual(Array(8).fill(1 / Math.sqrt(8)));
  }
  const omega = await sketchMatrix('srht', cpu, 32, 8, 0, [5, 6]);
  const gram = cpuData(await matmul(omega, omega, { transposeA: true }));
  gram.forEach((value, at) => {
    expect(value).toBeCloseTo(at % 9 === 0 ? 4 : 0, 12);
  });
});

test('a sketch wider than the matrix or without columns is refused', async () => {
  const { cpu } = await homes();
  const a = cpu.tensor([4, 5]);
  await expect(sketchSrht(a, 6, 0, [5, 6])).rejects.toThrow('choose 5 or less');
  await expect(sketchGaussian(a, 0, 0, 2)).rejects.toThrow('1 column or more');
});
