import { describe, expect, test } from 'vitest';
import { ceilDiv, clamp, nextPowerOfTwo, roundHalfEven } from './integers';

describe('integers', () => {
  test('ceilDiv covers exactly', () => {
    expect([0, 1, 15, 16, 17].map((n) => ceilDiv(n, 16))).toEqual([0, 1, 1, 1, 2]);
  });

  test('nextPowerOfTwo is the least power not below', () => {
    expect([0, 1, 2, 3, 4, 5, 1023, 1025, 2 ** 31 + 1].map(nextPowerOfTwo)).toEqual([
      1,
      1,
      2,
      4,
      4,
      8,
      1024,
      2048,
      2 ** 32,
    ]);
  });

  test('roundHalfEven sends ties to the even neighbour on both sides of zero', () => {
    const ties = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5];
    expect(ties.map((x) => roundHalfEven(x) + 0)).toEqual([-2, -2, 0, 0, 2, 2, 4]);
    expect(roundHalfEven(0.49999999999999994)).toBe(0); // Math.floor(x + 0.5) gives 1
    expect(roundHalfEven(2.5000000000000004)).toBe(3);
    expect(roundHalfEven(2 ** 52 + 1)).toBe(2 ** 52 + 1);
    expect(roundHalfEven(-7.2)).toBe(-7);
    expect(roundHalfEven(NaN)).toBeNaN();
    expect(roundHalfEven(Infinity)).toBe(Infinity);
  });

  test('clamp keeps to the interval and lets NaN through', () => {
    expect([-1, 0.5, 9].map((x) => clamp(x, 0, 1))).toEqual([0, 0.5, 1]);
    expect(clamp(NaN, 0, 1)).toBeNaN();
  });
});
