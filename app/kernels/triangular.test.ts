import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { frobenius, matmul, matrix, subtract, transpose } from '../math/linalg';
import { normals } from '../math/threefry';
import { solveTriangular } from './triangular';

const cases = [1, 3, 24, 65].flatMap((l) =>
  [true, false].flatMap((upper) => [true, false].map((flip) => ({ l, upper, flip }))),
);

test.each(cases)('solves $l equations, upper $upper, transposed $flip', async ({ l, upper, flip }) => {
  const { gpu, cpu } = await homes();
  // Diagonally dominant, and the other triangle full of numbers that must not be read.
  const t = matrix(
    l,
    l,
    Float32Array.from(normals(7, 0, l * l), (x, i) => (i % (l + 1) === 0 ? 2 : x / (2 * l))),
  );
  const used = matrix(
    l,
    l,
    t.data.map((x, e) => (e % l >= Math.floor(e / l) === upper || e % (l + 1) === 0 ? x : 0)),
  );
  const b = matrix(l, 5, Float32Array.from(normals(7, 1, l * 5)));
  for (const home of [gpu, cpu]) {
    const solution = await solveTriangular(home.tensor([l, l], t.data), home.tensor([l, 5], b.data), {
      upper,
      transpose: flip,
    });
    const x = matrix(l, 5, await home.read(solution));
    const residual = frobenius(subtract(matmul(flip ? transpose(used) : used, x), b));
    // Only the rounding of X to float32 is left.
    expect(residual).toBeLessThanOrEqual(2 ** -24 * frobenius(used) * frobenius(x) + 1e-12);
  }
});

test('refuses shapes that do not fit', async () => {
  const { gpu } = await homes();
  await expect(solveTriangular(gpu.tensor([3, 3]), gpu.tensor([4, 2]))).rejects.toThrow(
    '3 x 3 triangle does not fit',
  );
});
