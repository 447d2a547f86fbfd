import { describe, expect, test } from 'vitest';
import { integers, normals, permutation, signs, threefry2x32, uniformPairs, uniforms } from './threefry';

const hex = (words: number[]) => words.map((word) => word.toString(16).padStart(8, '0')).join(' ');

describe('the block function', () => {
  test.each([
    [0, 0, 0, 0, '6b200159 99ba4efe'],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, '1cb996fc bb002be7'],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 'c4923a9c 483df7a0'],
  ])('gives the known answer of Random123 for key %i %i', (k0, k1, c0, c1, expected) => {
    expect(hex(threefry2x32(k0, k1, c0, c1))).toBe(expected);
  });
});

describe('streams', () => {
  test('uniforms are the top 24 bits of the words at counter (index, 0)', () => {
    const u = uniforms(7, 3, 5);
    const pairs = uniformPairs(7, 3, 5);
    for (let i = 0; i < 5; i++) {
      const [w0, w1] = threefry2x32(7, 3, i, 0);
      expect(u[i]).toBe((Math.floor(w0 / 256) + 0.5) / 2 ** 24);
      expect(pairs[2 * i]).toBe(u[i]);
      expect(pairs[2 * i + 1]).toBe((Math.floor(w1 / 256) + 0.5) / 2 ** 24);
    }
  });

  test('a slice equals the same entries of the whole, for every kind', () => {
    const same = (draw: (count: number, start?: number) => ArrayLike<number>) =>
      expect([...Array.from(draw(4)), ...Array.from(draw(6, 4))]).toEqual(Array.from(draw(10)));
    same((count, start) => uniforms(1, 2, count, start));
    same((count, start) => uniformPairs(1, 2, count, start));
    same((count, start) => normals(1, 2, count, start));
    same((count, start) => integers(1, 2, count, 1000, start));
    same((count, start) => signs(1, 2, count, start));
  });

  test('seeds and streams differ, up to the largest seed', () => {
    const firsts = [uniforms(0, 0, 1), uniforms(0, 1, 1), uniforms(1, 0, 1), uniforms(2 ** 32 - 1, 0, 1)];
    expect(new Set(firsts.map((u) => u[0])).size).toBe(4);
  });

  test('normals have the moments of a standard normal within five standard errors', () => {
    const n = 200_000;
    const x = normals(11, 0, n);
    const moment = (p: number) => x.reduce((sum, v) => sum + v ** p, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  });

  test('normals follow Box-Muller with u0 in the logarithm and u1 in the cosine', () => {
    const pairs = uniformPairs(5, 9, 1000);
    normals(5, 9, 1000).forEach((x, i) => {
      const radius = Math.sqrt(-2 * Math.log(pairs[2 * i]));
      const expected = radius * Math.cos(2 * Math.PI * pairs[2 * i + 1]);
      expect(Math.abs(x - expected)).toBeLessThanOrEqual(4 * 2 ** -52 * radius);
    });
  });

  test('the first normals of seed 0, stream 0 never change: links rely on them', () => {
    expect(Array.from(normals(0, 0, 4))).toEqual([
      -1.0654525549169467, 0.03239927466494093, 1.3601084086141142, 0.801590021465159,
    ]);
  });

  test('signs are -1 exactly where the uniform is below one half', () => {
    const u = uniforms(3, 4, 1000);
    expect(Array.from(signs(3, 4, 1000))).toEqual(Array.from(u, (v) => (v < 0.5 ? -1 : 1)));
  });

  test('integers reach every value of the range and none outside', () => {
    const drawn = integers(0, 0, 2000, 17);
    expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, i) => i));
  });

  test.each([1, 2, 17, 1000, 40_000])('a permutation of %i is the stable argsort of its uniforms', (n) => {
    const u = uniforms(8, 6, n);
    const expected = Array.from(u, (_, i) => i).sort((a, b) => u[a] - u[b] || a - b);
    expect(Array.from(permutation(8, 6, n))).toEqual(expected);
  });

  test('arguments that are no valid seed, stream or count are refused', () => {
    expect(() => uniforms(-1, 0, 1)).toThrow(/seed = -1/);
    expect(() => uniforms(0, 2 ** 32, 1)).toThrow(/stream = 4294967296/);
    expect(() => normals(0, 0, 2, 2 ** 32 - 1)).toThrow(/sum <= 2\^32/);
    expect(() => integers(0, 0, 1, 0)).toThrow(/n = 0/);
  });
});
