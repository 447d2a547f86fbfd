import { describe, expect, test } from 'vitest';
import { oneSidedJacobi, roundRobin } from './jacobi';
import { compose, frobenius, identity, type Matrix, matmul, matrix, subtract } from './linalg';
import { SPECTRA, testMatrix } from './spectra';
import { singularValues } from './svd';
import { normals } from './threefry';

const EPS = 2 ** -52;
const gaussian = (m: number, n: number): Matrix => matrix(m, n, normals(9, 0, m * n));
const departure = (q: Matrix) => frobenius(subtract(matmul(q, q, { transposeA: true }), identity(q.cols)));

describe('oneSidedJacobi', () => {
  test.each(SPECTRA.flatMap((kind) => [1, 2, 3, 17, 64, 65].map((n) => [kind, n] as const)))(
    'to full precision it finds a %s spectrum at n = %i with orthonormal factors',
    (kind, n) => {
      const { a, sigma } = testMatrix(4, { m: n + 6, n, kind, rate: 0.2 });
      const { u, s, v, sweeps } = oneSidedJacobi(a, { tolerance: 1e-15 * n });
      expect(sweeps).toBeLessThan(20);
      for (let i = 0; i < n; i++)
        expect(Math.abs(s[i] - sigma[i])).toBeLessThanOrEqual(10 * n * EPS * sigma[0]);
      expect(departure(u)).toBeLessThanOrEqual(10 * n * n * EPS);
      expect(departure(v)).toBeLessThanOrEqual(10 * n * EPS);
      expect(frobenius(subtract(a, compose(u, s, v)))).toBeLessThanOrEqual(10 * n * EPS * frobenius(a));
    },
  );

  test('at its default tolerance the factors still multiply to A, and U departs by n 1e-6 at most', () => {
    const a = gaussian(48, 24);
    const { u, s, v } = oneSidedJacobi(a);
    const exact = singularValues(a);
    expect(frobenius(subtract(a, compose(u, s, v)))).toBeLessThanOrEqual(10 * 24 * EPS * frobenius(a));
    expect(departure(u)).toBeLessThanOrEqual(24 * 1e-6);
    s.forEach((value, i) => {
      expect(Math.abs(value - exact[i])).toBeLessThanOrEqual(24 ** 2 * 1e-12 * exact[0]);
    });
  });

  test('orthogonal columns need one sweep, and no sweep leaves the columns as they are', () => {
    expect(oneSidedJacobi(identity(5)).sweeps).toBe(1);
    const { v, sweeps } = oneSidedJacobi(matrix(2, 2, [2, 1, 0, 1]), { maxSweeps: 0 });
    expect(sweeps).toBe(0);
    expect(v).toEqual(identity(2));
  });

  test.each([
    ['zero', matrix(5, 3)],
    ['equal columns', matrix(4, 3, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])],
    ['two of three columns equal, of different length', matrix(4, 3, [1, 3, 0, 1, 3, 1, 1, 3, 2, 1, 3, 7])],
    ['of rank 3', matmul(gaussian(20, 3), gaussian(3, 12))],
    ['a zero column', matrix(3, 2, [0, 1, 0, 2, 0, 2])],
  ])('completes U where the matrix is rank deficient: %s', (_, a) => {
    const { u, s, v, sweeps } = oneSidedJacobi(a);
    expect(sweeps).toBeLessThan(20);
    expect(departure(v)).toBeLessThanOrEqual(10 * a.cols * EPS);
    expect(departure(u)).toBeLessThanOrEqual(a.cols * 1e-6);
    expect(frobenius(subtract(a, compose(u, s, v)))).toBeLessThanOrEqual(10 * a.cols * EPS * frobenius(a));
  });

  test('refuses a wide matrix and says what to do', () => {
    expect(() => oneSidedJacobi(matrix(2, 3))).toThrow('decompose the transpose');
  });
});

describe('roundRobin', () => {
  test.each([1, 2, 3, 8, 9])('meets every pair of %i once, in rounds of disjoint pairs', (n) => {
    const pairs = roundRobin(n);
    expect(new Set(pairs.map(([i, j]) => i * n + j)).size).toBe((n * (n - 1)) / 2);
    expect(pairs).toHaveLength((n * (n - 1)) / 2);
    const each = Math.floor(n / 2);
    for (let start = 0; start < pairs.length; start += each) {
      expect(new Set(pairs.slice(start, start + each).flat()).size).toBe(2 * each);
    }
  });
});
