import { describe, expect, test } from 'vitest';
import {
  decodeBfloat16,
  decodeFloat16,
  encodeFloat16,
  fromBfloat16,
  fromFloat16,
  roundToFloat16,
  toFloat16,
} from './float16';

const ALL = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
const isNaNPattern = (bits: number) => (bits & 0x7fff) > 0x7c00;

describe('float16', () => {
  test('known patterns decode to their values', () => {
    const known: [number, number][] = [
      [0x0000, 0],
      [0x0001, 2 ** -24],
      [0x03ff, 1023 * 2 ** -24],
      [0x0400, 2 ** -14],
      [0x3555, 0.333251953125],
      [0x3c00, 1],
      [0x3c01, 1 + 2 ** -10],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x7c00, Infinity],
      [0xfc00, -Infinity],
      [0x8000, -0],
    ];
    for (const [bits, value] of known) expect(fromFloat16(bits)).toBe(value);
    expect(fromFloat16(0x7c01)).toBeNaN();
  });

  test('all 65536 halves survive the way to a number and back', () => {
    const wrong = ALL.filter((bits) => !isNaNPattern(bits) && toFloat16(fromFloat16(bits)) !== bits);
    expect(wrong).toHaveLength(0);
    expect(ALL.filter((bits) => isNaNPattern(bits) && !Number.isNaN(fromFloat16(bits)))).toHaveLength(0);
    expect(encodeFloat16(decodeFloat16(ALL.subarray(0, 0x7c01)))).toEqual(ALL.subarray(0, 0x7c01));
  });

  test('between all neighbours the midpoint goes to the even one and a hair beside it to the nearer', () => {
    let wrong = 0;
    for (let bits = 0; bits < 0x7c00; bits++) {
      const low = fromFloat16(bits);
      const high = bits === 0x7bff ? 65536 : fromFloat16(bits + 1);
      const middle = (low + high) / 2;
      const hair = (high - low) * 2 ** -30;
      const even = bits % 2 === 0 ? bits : bits + 1;
      for (const sign of [0, 0x8000]) {
        const s = sign ? -1 : 1;
        if (toFloat16(s * middle) !== (sign | even)) wrong++;
        if (toFloat16(s * (middle - hair)) !== (sign | bits)) wrong++;
        if (toFloat16(s * (middle + hair)) !== (sign | (bits + 1))) wrong++;
      }
    }
    expect(wrong).toBe(0);
  });

  test('overflow, underflow and NaN end where IEEE says', () => {
    expect(toFloat16(65519.999)).toBe(0x7bff);
    expect(toFloat16(65520)).toBe(0x7c00);
    expect(toFloat16(-1e300)).toBe(0xfc00);
    expect(toFloat16(2 ** -25)).toBe(0);
    expect(toFloat16(-1e-300)).toBe(0x8000);
    expect(toFloat16(NaN) & 0x7fff).toBe(0x7e00);
    expect(roundToFloat16(0.1)).toBe(0.0999755859375);
  });
});

describe('bfloat16', () => {
  test('is the upper half of a float32', () => {
    expect(fromBfloat16(0x3f80)).toBe(1);
    expect(fromBfloat16(0xc049)).toBe(-3.140625);
    expect(fromBfloat16(0x0001)).toBe(2 ** -133);
    expect(fromBfloat16(0xff80)).toBe(-Infinity);
    expect(fromBfloat16(0x7fc0)).toBeNaN();
    expect(decodeBfloat16(ALL)).toEqual(Float32Array.from(ALL, fromBfloat16));
  });
});
