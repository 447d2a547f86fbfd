import { describe, expect, test } from 'vitest';
import { cos, exp, log, sin } from './fdlibm';

const bits = new DataView(new ArrayBuffer(8));

function pattern(x: number): string {
  bits.setFloat64(0, x);
  return bits.getBigUint64(0).toString(16).padStart(16, '0');
}

/** Distance in units of the last place of `expected`. */
function ulps(actual: number, expected: number): number {
  bits.setFloat64(0, Math.abs(expected));
  bits.setBigUint64(0, bits.getBigUint64(0) + 1n);
  return Math.abs(actual - expected) / (bits.getFloat64(0) - Math.abs(expected));
}

describe('log', () => {
  test('stays within 1 ulp of Math.log from the smallest to the largest double', () => {
    let worst = 0;
    for (let e = -1074; e < 1024; e += 0.37) {
      const x = 2 ** e;
      worst = Math.max(worst, ulps(log(x), Math.log(x)));
    }
    for (let i = 1; i < 40000; i++) worst = Math.max(worst, ulps(log(i / 20011), Math.log(i / 20011)));
    expect(worst).toBeLessThanOrEqual(1);
  });

  test('is exact where the answer is known, the edge cases among them', () => {
    expect(log(1)).toBe(0);
    expect(log(0)).toBe(-Infinity);
    expect(log(-1)).toBeNaN();
    expect(log(NaN)).toBeNaN();
    expect(log(Infinity)).toBe(Infinity);
    expect(pattern(log(2))).toBe('3fe62e42fefa39ef'); // ln 2 rounded to nearest
    expect(pattern(log(10))).toBe('40026bb1bbb55516'); // ln 10 rounded to nearest
    expect(pattern(log(0.5))).toBe('bfe62e42fefa39ef');
    expect(pattern(log(1 + 2 ** -52))).toBe('3cafffffffffffff');
    expect(pattern(log(5e-324))).toBe('c0874385446d71c3'); // -1074 ln 2
  });
});

describe('exp', () => {
  test('stays within 1 ulp of Math.exp over the whole range, subnormal results among them', () => {
    let worst = 0;
    for (let x = -745; x < 709.7; x += 0.0313) worst = Math.max(worst, ulps(exp(x), Math.exp(x)));
    for (let x = -1.1; x < 1.1; x += 0.00013) worst = Math.max(worst, ulps(exp(x), Math.exp(x)));
    expect(worst).toBeLessThanOrEqual(1);
  });

  test('is exact where the answer is known, the edge cases among them', () => {
    expect(exp(0)).toBe(1);
    expect(exp(-0)).toBe(1);
    expect(exp(1e-20)).toBe(1);
    expect(exp(710)).toBe(Infinity);
    expect(exp(-746)).toBe(0);
    expect(exp(-Infinity)).toBe(0);
    expect(exp(NaN)).toBeNaN();
    expect(pattern(exp(1))).toBe('4005bf0a8b14576a'); // fdlibm's e, 1 ulp above the nearest double
    expect(pattern(exp(-1))).toBe('3fd78b56362cef38');
    expect(exp(709.782712893384)).toBeGreaterThan(1.797e308);
  });
});

describe('cos and sin', () => {
  test('stay within 1 ulp of Math.cos and Math.sin to 2 pi and beyond', () => {
    let worst = 0;
    for (let i = -60000; i <= 60000; i++) {
      const x = i * 1.4e-4;
      worst = Math.max(worst, ulps(cos(x), Math.cos(x)), ulps(sin(x), Math.sin(x)));
    }
    for (let x = 10; x < 8e5; x *= 1.0007) {
      worst = Math.max(worst, ulps(cos(x), Math.cos(x)), ulps(sin(-x), Math.sin(-x)));
    }
    expect(worst).toBeLessThanOrEqual(1);
  });

  test('keep their digits next to multiples of pi/2, where the reduction cancels', () => {
    for (let n = 1; n < 2000; n++) {
      const x = n * (Math.PI / 2);
      expect(ulps(cos(x), Math.cos(x))).toBeLessThanOrEqual(1);
      expect(ulps(sin(x), Math.sin(x))).toBeLessThanOrEqual(1);
    }
    expect(pattern(cos(Math.PI / 2))).toBe('3c91a62633145c07');
    expect(pattern(sin(Math.PI))).toBe('3ca1a62633145c07');
  });

  test('are exact at zero, odd and even, and NaN where there is no value', () => {
    expect(cos(0)).toBe(1);
    expect(sin(-0)).toBe(-0);
    expect(cos(-2.5)).toBe(cos(2.5));
    expect(sin(-2.5)).toBe(-sin(2.5));
    expect(pattern(cos(1))).toBe('3fe14a280fb5068c');
    expect(pattern(sin(1))).toBe('3feaed548f090cee');
    expect(cos(Infinity)).toBeNaN();
    expect(sin(NaN)).toBeNaN();
  });

  test('refuse arguments beyond 2^19 pi/2 by name', () => {
    expect(() => cos(1e6)).toThrow(/1000000.* above 2\^19 pi\/2/);
  });
});
