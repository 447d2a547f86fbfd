import { describe, expect, test } from 'vitest';
import { mean, median, quantile, spread } from './statistics';
import { normals } from './threefry';

describe('statistics', () => {
  test('mean, median and quantiles of known lists', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 10])).toBe(3.5);
    expect(median([7])).toBe(7);
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
    expect(quantile([0, 1], 0.9)).toBe(0.9);
    expect([quantile([3, 1, 2], 0), quantile([3, 1, 2], 1)]).toEqual([1, 3]);
  });

  test('numbers are sorted as numbers, and the argument is left as it is', () => {
    const values = [100, 9, 20];
    expect(median(values)).toBe(20);
    expect(values).toEqual([100, 9, 20]);
  });

  test('an empty list and a NaN give NaN, an infinity stays at its end', () => {
    expect([mean([]), median([]), spread([])]).toEqual([NaN, NaN, NaN]);
    expect(median([1, NaN, 2])).toBeNaN();
    expect(median([1, 2, Infinity])).toBe(2);
    expect(quantile([Infinity, Infinity], 0.3)).toBe(Infinity);
  });

  test('the spread of normal data is its standard deviation, and outliers do not move it', () => {
    const n = 20_000;
    const x = normals(4, 0, n).map((v) => 3 * v);
    expect(Math.abs(spread(x) / 3 - 1)).toBeLessThan(5 * Math.sqrt(1.36 / n)); // variance of the estimate
    expect(spread([1, 1.1, 0.9, 1, 1e9])).toBeLessThan(0.2);
    expect(spread([2, 2, 2])).toBe(0);
  });

  test('a probability outside 0..1 is refused', () => {
    expect(() => quantile([1], 1.5)).toThrow('p = 1.5 is not in 0..1');
  });
});
