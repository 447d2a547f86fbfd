import { describe, expect, test } from 'vitest';
import { frobenius, identity, type Matrix, matmul, matrix, scaleColumns, subtract } from './linalg';
import { qr, triangle } from './qr';
import { normals } from './threefry';

const EPS = 2 ** -52;
const gaussian = (m: number, n: number): Matrix => matrix(m, n, normals(2, 0, m * n));

/** The two ratios of LAPACK's tests; both are O(1) for a backward stable factorization. */
function ratios(a: Matrix): { residual: number; orthogonality: number; q: Matrix; r: Matrix } {
  const { q, r } = qr(a);
  const n = a.cols;
  const residual = frobenius(subtract(a, matmul(q, r))) / (n * EPS * (frobenius(a) || 1));
  const orthogonality = frobenius(subtract(matmul(q, q, { transposeA: true }), identity(n))) / (n * EPS);
  return { residual, orthogonality, q, r };
}

function expectFactored(a: Matrix): { q: Matrix; r: Matrix } {
  const { residual, orthogonality, q, r } = ratios(a);
  expect(residual).toBeLessThanOrEqual(10);
  expect(orthogonality).toBeLessThanOrEqual(10);
  for (let i = 0; i < r.rows; i++) {
    expect(r.data[i * r.cols + i]).toBeGreaterThanOrEqual(0);
    for (let j = 0; j < i; j++) expect(r.data[i * r.cols + j]).toBe(0);
  }
  return { q, r };
}

describe('qr', () => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [17, 17],
    [31, 5],
    [33, 32],
    [64, 64],
    [65, 65],
    [130, 97],
    [400, 3],
  ])('factors a Gaussian %i x %i within the three ratios, diag(R) > 0', (m, n) => {
    const { r } = expectFactored(gaussian(m, n));
    for (let i = 0; i < n; i++) expect(r.data[i * n + i]).toBeGreaterThan(0);
  });

  test('agrees with a factorization done by hand', () => {
    const { q, r } = qr(matrix(2, 2, [3, 1, 4, 2]));
    const expected = [3 / 5, -4 / 5, 4 / 5, 3 / 5];
    expected.forEach((x, i) => {
      expect(Math.abs(q.data[i] - x)).toBeLessThan(4 * EPS);
    });
    [5, 11 / 5, 0, 2 / 5].forEach((x, i) => {
      expect(Math.abs(r.data[i] - x)).toBeLessThan(16 * EPS);
    });
  });

  test.each([
    ['zero', matrix(5, 3)],
    ['equal columns', matrix(40, 35, new Float64Array(40 * 35).fill(1))],
    ['zero rows above', matrix(3, 2, [0, 0, 0, 0, 1, 2])],
    [
      'graded columns',
      scaleColumns(
        gaussian(50, 40),
        Float64Array.from({ length: 40 }, (_, j) => 10 ** -j),
      ),
    ],
    ['tiny entries', scaleColumns(gaussian(20, 9), new Float64Array(9).fill(1e-250))],
    ['huge entries', scaleColumns(gaussian(20, 9), new Float64Array(9).fill(1e250))],
  ])('holds for %s', (_, a) => {
    expectFactored(a);
  });

  test('refuses a wide matrix and says what to do', () => {
    expect(() => qr(matrix(2, 3))).toThrow('2 x 3 has more columns than rows: factor the transpose');
  });

  test('a NaN is not hidden', () => {
    expect(qr(matrix(3, 1, [1, NaN, 2])).r.data[0]).toBeNaN();
  });

  test('the triangle alone is R up to the signs of its rows', () => {
    const a = gaussian(50, 40);
    const { r } = qr(a);
    const alone = triangle(a);
    for (let i = 0; i < 40; i++) {
      const sign = Math.sign(alone.data[i * 41]);
      for (let j = i; j < 40; j++) expect(sign * alone.data[i * 40 + j]).toBe(r.data[i * 40 + j]);
    }
  });
});
