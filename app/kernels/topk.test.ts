import { expect, test } from 'vitest';
import { sizeOf } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { topK } from './topk';

const shapes: number[][] = [
  [1, 1],
  [3, 1],
  [1, 3],
  [5, 7],
  [16, 16],
  [17, 20],
  [31, 65],
  [2, 3, 9],
  [2, 64, 12],
  [1, 1031],
  [1031, 1],
  [700, 5],
];

test.each(shapes)('the largest entries of %i x %i ... are exact', async (...shape) => {
  const { gpu } = await homes({ verify: true });
  // A few values only, so that there are ties.
  const x = gpu.tensor(
    shape,
    normals(3, 0, sizeOf(shape)).map((value) => Math.round(3 * value)),
  );
  const n = shape.at(-1) ?? 1;
  for (const k of new Set([1, Math.min(3, n), Math.min(n, 40)])) {
    for (const parts of [undefined, 1, 3]) {
      await topK(x, k, { parts });
      await topK(x, k, { parts, smallest: true });
    }
  }
});

test('refuses to find more entries than a row has', async () => {
  const { gpu } = await homes();
  await expect(topK(gpu.tensor([2, 3]), 4)).rejects.toThrow('k = 4 is not in 1..3');
});
