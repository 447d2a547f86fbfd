import { describe, expect, test } from 'vitest';
import {
  columns,
  compose,
  frobenius,
  identity,
  type Matrix,
  matmul,
  matrix,
  norm,
  scaleColumns,
  subtract,
  transpose,
} from './linalg';
import { normals } from './threefry';

const gaussian = (rows: number, cols: number, stream = 0): Matrix =>
  matrix(rows, cols, normals(1, stream, rows * cols));

/** Entry by entry, in the order of the definition: the product and sum |a||b|. */
function productByDefinition(a: Matrix, b: Matrix): { product: Matrix; absolute: Matrix } {
  const product = matrix(a.rows, b.cols);
  const absolute = matrix(a.rows, b.cols);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.cols; j++) {
      for (let t = 0; t < a.cols; t++) {
        const term = a.data[i * a.cols + t] * b.data[t * b.cols + j];
        product.data[i * b.cols + j] += term;
        absolute.data[i * b.cols + j] += Math.abs(term);
      }
    }
  }
  return { product, absolute };
}

describe('matmul', () => {
  test.each([
    [1, 1, 1],
    [3, 5, 4],
    [4, 4, 4],
    [5, 3, 513],
    [17, 64, 31],
    [257, 9, 33],
    [6, 1027, 20],
    [130, 66, 1030],
  ])('agrees with the definition in all four layouts at %i x %i x %i', (m, n, k) => {
    const a = gaussian(m, k, 0);
    const b = gaussian(k, n, 1);
    const { product, absolute } = productByDefinition(a, b);
    const results = [
      matmul(a, b),
      matmul(transpose(a), b, { transposeA: true }),
      matmul(a, transpose(b), { transposeB: true }),
      matmul(transpose(a), transpose(b), { transposeA: true, transposeB: true }),
    ];
    for (const result of results) {
      expect([result.rows, result.cols]).toEqual([m, n]);
      let worst = 0;
      for (let i = 0; i < m * n; i++) {
        const bound = 2 * k * 2 ** -53 * absolute.data[i];
        worst = Math.max(worst, Math.abs(result.data[i] - product.data[i]) / bound);
      }
      expect(worst).toBeLessThanOrEqual(1);
    }
  });

  test('is exact on integers', () => {
    const a = matrix(2, 3, [1, 2, 3, 4, 5, 6]);
    const b = matrix(3, 2, [7, 8, 9, 10, 11, 12]);
    expect(Array.from(matmul(a, b).data)).toEqual([58, 64, 139, 154]);
  });

  test('an empty inner dimension gives zero', () => {
    expect(Array.from(matmul(matrix(2, 0), matrix(0, 2)).data)).toEqual([0, 0, 0, 0]);
  });

  test('a NaN stays in its row', () => {
    const a = matrix(5, 2, [1, 1, 1, NaN, 1, 1, 1, 1, 1, 1]);
    expect(Array.from(matmul(a, matrix(2, 1, [1, 1])).data)).toEqual([2, NaN, 2, 2, 2]);
  });

  test('shapes that do not fit are refused by name', () => {
    expect(() => matmul(matrix(2, 3), matrix(2, 3))).toThrow('cannot multiply 2 x 3 by 2 x 3');
  });
});

describe('transpose and norms', () => {
  test.each([
    [1, 1],
    [3, 17],
    [33, 16],
    [40, 50],
  ])('transposing %i x %i moves entry (i, j) to (j, i), and twice is nothing', (m, n) => {
    const a = gaussian(m, n);
    const t = transpose(a);
    expect(t.data[(n - 1) * m]).toBe(a.data[n - 1]);
    expect(t.data[m - 1]).toBe(a.data[(m - 1) * n]);
    expect(transpose(t)).toEqual(a);
  });

  test.each([1e-310, 1e-200, 1, 1e200, 3e307])('the norm of (3, 4) times %d is five times it', (scale) => {
    const actual = norm([3 * scale, 4 * scale]);
    expect(Math.abs(actual / (5 * scale) - 1)).toBeLessThan(scale < 1e-300 ? 1e-13 : 4 * 2 ** -52);
  });

  test('norms of zero, NaN and infinity are those', () => {
    expect(frobenius(matrix(2, 2))).toBe(0);
    expect(frobenius(matrix(1, 2, [NaN, Infinity]))).toBeNaN();
    expect(frobenius(matrix(1, 2, [-Infinity, 1]))).toBe(Infinity);
    expect(frobenius(matrix(0, 3))).toBe(0);
  });
});

describe('entry by entry', () => {
  test('subtract, scale, cut and compose do what they say', () => {
    const a = matrix(2, 3, [1, 2, 3, 4, 5, 6]);
    expect(Array.from(subtract(a, a).data)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(Array.from(scaleColumns(a, [1, 0, -2]).data)).toEqual([1, 0, -6, 4, 0, -12]);
    expect(Array.from(columns(a, 1, 3).data)).toEqual([2, 3, 5, 6]);
    const unit = identity(3);
    expect(Array.from(compose(unit, [3, 2, 1], unit, 2).data)).toEqual([3, 0, 0, 0, 2, 0, 0, 0, 0]);
  });

  test('arguments are left as they are', () => {
    const a = matrix(1, 2, [1, 2]);
    scaleColumns(a, [5, 5]);
    subtract(a, a);
    expect(Array.from(a.data)).toEqual([1, 2]);
  });

  test('shapes that do not fit are refused by name', () => {
    expect(() => subtract(matrix(1, 2), matrix(2, 1))).toThrow('1 x 2 and 2 x 1 differ in shape');
    expect(() => scaleColumns(matrix(1, 2), [1])).toThrow('1 factors for 2 columns');
    expect(() => columns(matrix(1, 2), 0, 3)).toThrow('not within the 2 columns');
    expect(() => matrix(2, 2, [1])).toThrow('1 entries do not fill 2 x 2');
  });
});
