import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { frobenius, identity, type Matrix, matmul, matrix, subtract, transpose } from '../math/linalg';
import { normals } from '../math/threefry';
import { solveTriangular, triangularInverse, triangularSolve } from './triangular';

const U = 2 ** -24;
const cases = [1, 3, 4, 24, 65].flatMap((l) =>
  (['left', 'right'] as const).flatMap((side) =>
    [true, false].flatMap((upper) => [true, false].map((flip) => ({ l, side, upper, flip }))),
  ),
);

/** Diagonally dominant, and the other triangle full of numbers that must not be read. */
function triangle(l: number, stream: number, upper: boolean): { full: Float32Array; used: Matrix } {
  const full = Float32Array.from(normals(7, stream, l * l), (x, i) =>
    i % (l + 1) === 0 ? 2 : x / (2 * Math.sqrt(l)),
  );
  const inside = (e: number): boolean => e % l >= Math.floor(e / l) === upper || e % (l + 1) === 0;
  return {
    full,
    used: matrix(
      l,
      l,
      Float64Array.from(full, (x, e) => (inside(e) ? x : 0)),
    ),
  };
}

test.each(cases)(
  'solves $l equations on the $side, upper $upper, transposed $flip, for a batch',
  async ({ l, side, upper, flip }) => {
    const { gpu, cpu } = await homes();
    const items = [0, 1, 2].map((stream) => triangle(l, stream, upper));
    const [m, n] = side === 'left' ? [l, 7] : [7, l];
    const b = Float32Array.from(normals(7, 5, 3 * m * n));
    for (const home of [gpu, cpu]) {
      const t = home.tensor(
        [3, l, l],
        items.flatMap(({ full }) => [...full]),
      );
      const solution = await triangularSolve(t, home.tensor([3, m, n], b), { side, upper, transpose: flip });
      const x = Float64Array.from(await home.read(solution));
      for (const [i, { used }] of items.entries()) {
        const at = (values: ArrayLike<number>): Matrix =>
          matrix(m, n, Float64Array.from(values).slice(i * m * n, (i + 1) * m * n));
        const op = flip ? transpose(used) : used;
        const product = side === 'left' ? matmul(op, at(x)) : matmul(at(x), op);
        // Backward stable: |op(T) x - b| <= gamma_l |T||x|.
        expect(frobenius(subtract(product, at(b)))).toBeLessThanOrEqual(
          (l + 2) * U * frobenius(used) * frobenius(at(x)),
        );
      }
    }
  },
);

test('one triangle serves a batch of right sides, and its diagonal can count by half', async () => {
  const { gpu } = await homes();
  const t = gpu.tensor([2, 2], [2, 4, 99, 8]);
  const b = gpu.tensor([2, 2, 1], [9, 8, 5, 4]);
  const x = await gpu.read(await triangularSolve(t, b, { diagonal: 0.5 }));
  expect([...x]).toEqual([1, 2, 1, 1]);
});

test.each([1, 2, 5, 33, 64])('inverts triangles of %i rows', async (n) => {
  const { gpu } = await homes();
  for (const upper of [true, false]) {
    const { full, used } = triangle(n, 9, upper);
    const x = matrix(n, n, await gpu.read(await triangularInverse(gpu.tensor([n, n], full), { upper })));
    const loss = frobenius(subtract(matmul(used, x), identity(n)));
    expect(loss).toBeLessThanOrEqual((n + 2) * U * frobenius(used) * frobenius(x));
    expect(
      x.data.every((value, e) => e % n >= Math.floor(e / n) === upper || e % (n + 1) === 0 || value === 0),
    ).toBe(true);
  }
});

test('refuses shapes that do not fit', async () => {
  const { gpu } = await homes();
  await expect(solveTriangular(gpu.tensor([3, 3]), gpu.tensor([4, 2]))).rejects.toThrow(
    '3 x 3 triangle does not fit',
  );
});
