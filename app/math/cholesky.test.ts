import { describe, expect, test } from 'vitest';
import { cholesky, invertTriangular, solveTriangular } from './cholesky';
import { frobenius, identity, type Matrix, matmul, matrix, subtract, transpose } from './linalg';
import { triangle } from './qr';
import { normals } from './threefry';

const EPS = 2 ** -52;
const SIZES = [1, 2, 3, 17, 64, 65];
const gaussian = (m: number, n: number, stream = 0): Matrix => matrix(m, n, normals(6, stream, m * n));
const gram = (a: Matrix): Matrix => matmul(a, a, { transposeA: true });
const absolute = (a: Matrix): Matrix => matrix(a.rows, a.cols, a.data.map(Math.abs));

describe('cholesky', () => {
  test.each(SIZES)('G = R^T R at n = %i, R upper with a positive diagonal', (n) => {
    const g = gram(gaussian(2 * n, n));
    const { r, ok, minPivot } = cholesky(g);
    expect(ok).toBe(true);
    expect(minPivot).toBeGreaterThan(0);
    expect(frobenius(subtract(g, gram(r)))).toBeLessThanOrEqual(10 * n * EPS * frobenius(g));
    for (let i = 0; i < n; i++) {
      expect(r.data[i * n + i]).toBeGreaterThan(0);
      for (let j = 0; j < i; j++) expect(r.data[i * n + j]).toBe(0);
    }
  });

  test('only the upper triangle is read', () => {
    expect(cholesky(matrix(2, 2, [4, 2, NaN, 5])).r.data).toEqual(Float64Array.of(2, 1, 0, 2));
  });

  test.each([
    ['indefinite', [1, 2, 2, 1], -3],
    ['singular', [1, 1, 1, 1], 0],
    ['zero', [0, 0, 0, 0], 0],
    ['infinite', [1, 0, 0, Infinity], 1],
  ])('an %s matrix is reported with its smallest pivot, not thrown', (_, entries, pivot) => {
    const { ok, minPivot } = cholesky(matrix(2, 2, entries));
    expect(ok).toBe(false);
    expect(minPivot).toBe(pivot);
  });

  test('a NaN is a breakdown', () => {
    const { ok, minPivot } = cholesky(matrix(2, 2, [1, 0, 0, NaN]));
    expect(ok).toBe(false);
    expect(minPivot).toBeNaN();
  });
});

describe('triangular systems', () => {
  // Every solve satisfies |op(T) X - B| <= (n + 1) u (|op(T)||X|) entry by entry (Higham 2002, theorem 8.5).
  test.each(
    SIZES.flatMap((n) =>
      [true, false].flatMap((upper) => [true, false].map((tr) => [n, upper, tr] as const)),
    ),
  )('solves at n = %i, upper %s, transposed %s', (n, upper, transposed) => {
    const r = triangle(gaussian(n + 5, n));
    const t = upper ? r : transpose(r);
    const op = transposed ? transpose(t) : t;
    const b = gaussian(n, 3, 1);
    const x = solveTriangular(t, b, { upper, transpose: transposed });
    const residual = subtract(matmul(op, x), b).data;
    const scale = matmul(absolute(op), absolute(x)).data;
    residual.forEach((error, i) => {
      expect(Math.abs(error)).toBeLessThanOrEqual((n + 2) * EPS * scale[i]);
    });
  });

  test('the other triangle is not read', () => {
    const x = solveTriangular(matrix(2, 2, [2, 1, NaN, 4]), matrix(2, 1, [5, 4]));
    expect(Array.from(x.data)).toEqual([2, 1]);
  });

  test.each(SIZES)('the inverse is one from the right at n = %i', (n) => {
    const r = triangle(gaussian(n + 5, n));
    const x = invertTriangular(r);
    const scale = frobenius(matmul(absolute(r), absolute(x)));
    expect(frobenius(subtract(matmul(r, x), identity(n)))).toBeLessThanOrEqual((n + 2) * EPS * scale);
    for (let i = 1; i < n; i++) expect(x.data[i * n + i - 1]).toBe(0);
  });

  test('shapes that do not fit are refused by name', () => {
    expect(() => cholesky(matrix(2, 3))).toThrow('2 x 3 is not square');
    expect(() => solveTriangular(matrix(2, 2), matrix(3, 1))).toThrow('2 x 2 does not fit 3 x 1');
  });
});
