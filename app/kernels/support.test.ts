import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { normals, permutation } from '../math/threefry';
import { addOnSupport, gatherOnSupport } from './support';

test.each([
  [1, 1],
  [15, 4],
  [4096, 409],
  [257, 0],
  [130, 130],
])('of %i entries %i are added to and gathered from, as the twins do', async (size, count) => {
  const { gpu } = await homes({ verify: true });
  const places = permutation(1, 0, size).subarray(0, count).sort();
  const index = gpu.tensor([count], places, 'u32');
  const dense = normals(1, 1, size);
  const values = normals(1, 2, count);
  const w = gpu.tensor([size], dense);
  await addOnSupport(w, index, gpu.tensor([count], values));
  const sums = await gpu.read(w);
  const back = await gpu.read(await gatherOnSupport(w, index));
  const touched = new Set(places);
  for (let i = 0; i < size; i++) if (!touched.has(i)) expect(sums[i]).toBe(Math.fround(dense[i]));
  places.forEach((at, i) => {
    expect(back[i]).toBe(sums[at]);
    expect(Math.abs(back[i] - dense[at] - values[i])).toBeLessThan(
      2 ** -22 * (Math.abs(dense[at]) + Math.abs(values[i])),
    );
  });
});
