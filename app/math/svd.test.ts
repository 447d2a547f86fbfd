import { Matrix as Independent, SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import {
  compose,
  frobenius,
  identity,
  type Matrix,
  matmul,
  matrix,
  scaleColumns,
  subtract,
  transpose,
} from './linalg';
import { SPECTRA, spectrum, testMatrix } from './spectra';
import { type Svd, singularValues, svd } from './svd';
import { normals } from './threefry';

const EPS = 2 ** -52;
const SIZES = [1, 2, 3, 17, 64, 65];
const gaussian = (m: number, n: number): Matrix => matrix(m, n, normals(5, 0, m * n));
const largestDifference = (x: Float64Array, y: Float64Array) =>
  x.reduce((worst, value, i) => Math.max(worst, Math.abs(value - y[i])), 0);

/** Residual and orthogonality ratios, order and sign of the values. */
function expectDecomposed(a: Matrix, { u, s, v }: Svd = svd(a)): void {
  const k = Math.min(a.rows, a.cols);
  const n = Math.max(a.rows, a.cols);
  expect([u.rows, u.cols, s.length, v.rows, v.cols]).toEqual([a.rows, k, k, a.cols, k]);
  expect(frobenius(subtract(a, compose(u, s, v)))).toBeLessThanOrEqual(10 * n * EPS * frobenius(a));
  for (const q of [u, v]) {
    const error = frobenius(subtract(matmul(q, q, { transposeA: true }), identity(k)));
    expect(error).toBeLessThanOrEqual(10 * n * EPS);
  }
  for (let i = 0; i < k; i++) expect(s[i]).toBeGreaterThanOrEqual(0);
  for (let i = 1; i < k; i++) expect(s[i]).toBeLessThanOrEqual(s[i - 1]);
}

describe('svd', () => {
  test.each(SPECTRA.flatMap((kind) => SIZES.map((n) => [kind, n] as const)))(
    'finds a prescribed %s spectrum at n = %i within 10 n eps sigma_1',
    (kind, n) => {
      for (const [rows, cols] of [
        [n, n],
        [n + 20, n],
        [n, n + 20],
      ]) {
        const { a, sigma } = testMatrix(2, { m: rows, n: cols, kind, rate: 0.7, alpha: 3 });
        const found = svd(a);
        expectDecomposed(a, found);
        expect(largestDifference(found.s, sigma)).toBeLessThanOrEqual(10 * n * EPS * sigma[0]);
        expect(largestDifference(singularValues(a), sigma)).toBeLessThanOrEqual(10 * n * EPS * sigma[0]);
      }
    },
  );

  test('agrees with an independent implementation on a Gaussian matrix', () => {
    const a = gaussian(90, 60);
    const reference = new SingularValueDecomposition(Independent.from1DArray(90, 60, Array.from(a.data)));
    const expected = Float64Array.from(reference.diagonal);
    expect(largestDifference(singularValues(a), expected)).toBeLessThanOrEqual(10 * 60 * EPS * expected[0]);
  });

  test.each([
    ['zero', matrix(7, 4)],
    ['zero 1 x 1', matrix(1, 1)],
    ['negative 1 x 1', matrix(1, 1, [-3])],
    ['a row', matrix(1, 5, [1, -2, 3, 0, 1])],
    ['a column', matrix(5, 1, [1, -2, 3, 0, 1])],
    ['identity', identity(9)],
    ['all ones', matrix(20, 20, new Float64Array(400).fill(1))],
    [
      'bidiagonal with a zero on the diagonal',
      matrix(4, 4, [1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1]),
    ],
    ['bidiagonal with a zero at the end', matrix(3, 3, [1, 1, 0, 0, 1, 1, 0, 0, 0])],
    ['nilpotent', matrix(3, 3, [0, 1, 0, 0, 0, 1, 0, 0, 0])],
    ['exactly of rank 3', matmul(gaussian(40, 3), gaussian(3, 30))],
    ['wide and of rank 3', matmul(gaussian(20, 3), gaussian(3, 50))],
    [
      'graded',
      scaleColumns(
        gaussian(30, 30),
        Float64Array.from({ length: 30 }, (_, j) => 10 ** (-8 * j)),
      ),
    ],
  ])('decomposes %s with orthonormal factors', (_, a) => {
    expectDecomposed(a);
  });

  test('counts the rank of a product of thin matrices', () => {
    const s = singularValues(matmul(gaussian(40, 3), gaussian(3, 30)));
    expect(s[2]).toBeGreaterThan(1);
    expect(s[3]).toBeLessThanOrEqual(10 * 40 * EPS * s[0]);
  });

  test.each([-1000, -300, 300, 1000])('scaling by 2^%i scales the values and nothing else', (exponent) => {
    const a = gaussian(12, 9);
    const factor = (x: number) => x * 2 ** (exponent / 2) * 2 ** (exponent / 2);
    const scaled = matrix(12, 9, a.data.map(factor));
    expect(singularValues(scaled)).toEqual(singularValues(a).map(factor));
    expect(svd(scaled).u).toEqual(svd(a).u);
  });

  test('the transpose has the same values and the factors exchanged', () => {
    const a = gaussian(8, 13);
    const { u, s, v } = svd(a);
    expect(svd(transpose(a))).toEqual({ u: v, s, v: u });
  });

  test('the argument is left as it is', () => {
    const a = gaussian(6, 6);
    const before = a.data.slice();
    svd(a);
    singularValues(a);
    expect(a.data).toEqual(before);
  });

  test('NaN and infinity are refused with their place', () => {
    expect(() => svd(matrix(2, 3, [1, 2, 3, 4, 5, NaN]))).toThrow('row 1, column 2 is NaN');
    expect(() => singularValues(matrix(2, 2, [1, Infinity, 0, 0]))).toThrow('row 0, column 1 is Infinity');
  });

  test('small singular values of a diagonal matrix keep their digits', () => {
    const sigma = spectrum('exp', 20, { rate: 3 });
    expect(singularValues(scaleColumns(identity(20), sigma))).toEqual(sigma);
  });
});
