import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { pruneTwoOfFour, roundToGrid } from './grid';

test.each([
  [1, 4, 4, 2],
  [3, 8, 4, 3],
  [128, 64, 32, 4],
  [17, 24, 24, 8],
  [65, 128, 16, 16],
])('a %i x %i matrix rounded in groups of %i to %i bits meets its twin', async (m, n, group, bits) => {
  const { gpu } = await homes({ verify: true });
  const values = normals(1, 0, m * n);
  values.fill(0, 0, group);
  const got = await gpu.read(await roundToGrid(gpu.tensor([m, n], values), { bits, group }));
  const levels = 2 ** (bits - 1) - 1;
  for (let g = 0; g < (m * n) / group; g++) {
    const part = got.subarray(g * group, (g + 1) * group);
    const scale = Math.max(...Array.from(values.subarray(g * group, (g + 1) * group), Math.abs)) / levels;
    // As many distinct values as levels at most, and no entry further than half a step from where it was.
    expect(new Set(part).size).toBeLessThanOrEqual(2 * levels + 1);
    part.forEach((value, i) => {
      expect(Math.abs(value - values[g * group + i])).toBeLessThanOrEqual(scale * (0.5 + 2 ** -20 * levels));
    });
  }
});

test.each(['gpu', 'cpu'] as const)('ties go to the even level in the %s home', async (kind) => {
  const home = (await homes())[kind];
  const a = home.tensor([1, 8], [7, 0.5, 1.5, 2.5, -0.5, -1.5, 3.5, -7]);
  expect([...(await home.read(await roundToGrid(a, { bits: 4 })))].map((x) => x + 0)).toEqual([
    7, 0, 2, 2, 0, -2, 4, -7,
  ]);
});

test.each([
  [1, 4],
  [3, 8],
  [128, 64],
  [31, 132],
])('2:4 pruning of a %i x %i matrix meets its twin and keeps two of every four', async (m, n) => {
  const { gpu } = await homes({ verify: true });
  const a = gpu.tensor([m, n], normals(2, 0, m * n));
  const weight = gpu.tensor([n], normals(2, 1, n).map(Math.abs));
  const got = await gpu.read(await pruneTwoOfFour(a, weight));
  for (let i = 0; i < got.length; i += 4) {
    expect(got.subarray(i, i + 4).filter((value) => value !== 0).length).toBe(2);
  }
});

test.each(['gpu', 'cpu'] as const)('equal scores keep the lower columns in the %s home', async (kind) => {
  const home = (await homes())[kind];
  const a = home.tensor([2, 4], [1, -1, 1, 1, 0, 0, 0, 3]);
  const ones = home.tensor([4], [1, 1, 1, 1]);
  expect([...(await home.read(await pruneTwoOfFour(a, ones)))]).toEqual([1, -1, 0, 0, 0, 0, 0, 3]);
});

test('what cannot be is refused', async () => {
  const { cpu } = await homes();
  const a = cpu.tensor([2, 6]);
  await expect(roundToGrid(a, { bits: 1 })).rejects.toThrow('bits 1 leaves no level besides 0');
  await expect(roundToGrid(a, { bits: 4, group: 4 })).rejects.toThrow(
    'group 4 does not divide the 6 columns',
  );
  await expect(pruneTwoOfFour(a, cpu.tensor([6]))).rejects.toThrow('6 columns are not a multiple of 4');
});
