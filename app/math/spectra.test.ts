import { describe, expect, test } from 'vitest';
import { frobenius, identity, matmul, subtract } from './linalg';
import { orthonormal, spectrum, testMatrix } from './spectra';

const EPS = 2 ** -52;

describe('spectrum', () => {
  test('each kind follows its formula', () => {
    const close = (actual: Float64Array, expected: number[]) =>
      expected.forEach((x, i) => {
        expect(Math.abs(actual[i] - x)).toBeLessThanOrEqual(16 * EPS * x);
      });
    close(spectrum('exp', 4, { rate: 0.5 }), [1, Math.exp(-0.5), Math.exp(-1), Math.exp(-1.5)]);
    close(spectrum('power', 4, { alpha: 2 }), [1, 1 / 4, 1 / 9, 1 / 16]);
    close(spectrum('step', 4, { stepRank: 2, noise: 0.25 }), [1, 1, 0.25, 0.25]);
    close(spectrum('flat', 2), [1, 1]);
  });

  test('a rate or power of zero is flat, and a step may fall to zero', () => {
    expect(spectrum('exp', 3, { rate: 0 })).toEqual(spectrum('flat', 3));
    expect(spectrum('power', 3, { alpha: 0 })).toEqual(spectrum('flat', 3));
    expect(Array.from(spectrum('step', 3, { stepRank: 1, noise: 0 }))).toEqual([1, 0, 0]);
  });

  test('shapes that would not decrease are refused by name', () => {
    expect(() => spectrum('exp', 3, { rate: -1 })).toThrow('rate = -1 must be 0 or more');
    expect(() => spectrum('power', 3, { alpha: NaN })).toThrow('alpha = NaN');
    expect(() => spectrum('step', 3, { noise: 2 })).toThrow('noise = 2 is above');
  });
});

describe('testMatrix', () => {
  test.each([
    [1, 1],
    [2, 3],
    [3, 2],
    [17, 17],
    [64, 65],
    [65, 64],
    [100, 20],
  ])('a %i x %i one is U diag(s) V^T with orthonormal factors', (m, n) => {
    const { a, sigma, u, v } = testMatrix(3, { m, n, kind: 'exp', rate: 0.1 });
    const k = Math.min(m, n);
    expect([a.rows, a.cols, sigma.length]).toEqual([m, n, k]);
    for (const q of [u, v]) {
      const error = frobenius(subtract(matmul(q, q, { transposeA: true }), identity(k)));
      expect(error).toBeLessThanOrEqual(10 * k * EPS);
    }
    // A V = U diag(s), column by column.
    const av = matmul(a, v);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < k; j++) {
        expect(Math.abs(av.data[i * k + j] - u.data[i * k + j] * sigma[j])).toBeLessThan(10 * n * EPS);
      }
    }
  });

  test('the same seed gives the same matrix, another seed or other streams another', () => {
    const shape = { m: 5, n: 4, kind: 'flat' } as const;
    const first = testMatrix(1, shape).a.data;
    expect(testMatrix(1, shape).a.data).toEqual(first);
    expect(testMatrix(2, shape).a.data).not.toEqual(first);
    expect(testMatrix(1, shape, [10, 11]).a.data).not.toEqual(first);
    expect(testMatrix(1, shape, [0, 1]).a.data).toEqual(first);
  });

  test('U and V are the Q factors of the first and the second stream', () => {
    const { u, v } = testMatrix(1, { m: 6, n: 4, kind: 'exp' }, [10, 11]);
    expect(u).toEqual(orthonormal(1, 10, 6, 4));
    expect(v).toEqual(orthonormal(1, 11, 4, 4));
  });

  test('takes singular values of its own, one for each', () => {
    const { a } = testMatrix(1, { m: 3, n: 2, sigma: Float64Array.of(3, 4) });
    expect(Math.abs(frobenius(a) - 5)).toBeLessThan(20 * EPS);
    expect(() => testMatrix(1, { m: 3, n: 2, sigma: Float64Array.of(1) })).toThrow('which has 2');
  });
});
