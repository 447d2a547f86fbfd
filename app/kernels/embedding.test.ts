import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { integers, normals, uniforms } from '../math/threefry';
import { embeddingGradient, embeddingLookup, logisticGradient, placesOf } from './embedding';

test.each([
  [1, 1, 1],
  [3, 5, 7],
  [900, 16, 1536],
  [17, 3, 0],
  [64, 13, 257],
])('a table of %i rows of %i, looked up at %i places, meets its twin both ways', async (rows, d, n) => {
  const { gpu } = await homes({ verify: true });
  const index = integers(3, 0, n, rows);
  const values = normals(3, 1, rows * d);
  const looked = await gpu.read(
    await embeddingLookup(gpu.tensor([rows, d], values), gpu.tensor([n], index, 'u32')),
  );
  index.forEach((row, i) => {
    expect(looked[i * d + d - 1]).toBe(Math.fround(values[row * d + d - 1]));
  });
  const delta = gpu.tensor([n, d], normals(3, 2, n * d));
  const grad = await gpu.read(await embeddingGradient(delta, placesOf(gpu, index, rows)));
  const seen = new Set(index);
  for (let row = 0; row < rows; row++) if (!seen.has(row)) expect(grad[row * d]).toBe(0);
});

test('a row that the table does not have is refused', async () => {
  const { cpu } = await homes();
  expect(() => placesOf(cpu, Uint32Array.of(0, 4), 4)).toThrow('row 4 of a table with 4 rows');
});

test.each([1, 3, 64, 1000])(
  'the logistic gradient meets its twin, n = %i, and does not overflow',
  async (n) => {
    const { gpu } = await homes({ verify: true });
    const z = normals(4, 0, n).map((x, i) => x * (i % 3 === 0 ? 100 : 1));
    const y = Array.from(uniforms(4, 1, n), (u) => (u < 0.3 ? 1 : 0));
    const delta = await gpu.read(await logisticGradient(gpu.tensor([n, 1], z), gpu.tensor([n], y), 1 / n));
    delta.forEach((value, i) => {
      expect(Math.sign(value) * (y[i] === 1 ? -1 : 1)).toBeGreaterThanOrEqual(0);
    });
  },
);
