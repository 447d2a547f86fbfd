import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { segmentMeans } from './segments';

test.each([
  [1, 1, 1],
  [7, 3, 3],
  [64, 16, 5],
  [65, 20, 64],
  [100, 7, 100],
])('means of segments of %i x %i into %i', async (n, d, r) => {
  const { gpu } = await homes({ verify: true });
  const x = gpu.tensor([2, n, d], normals(9, 8, 2 * n * d));
  expect((await segmentMeans(x, r)).shape).toEqual([2, r, d]);
});

test('refuses more segments than rows', async () => {
  const { gpu } = await homes();
  await expect(segmentMeans(gpu.tensor([4, 2]), 5)).rejects.toThrow('5 segments are not in 1..4');
});
