import { expect, test } from 'vitest';
import type { Home } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import * as complex from './complex';

const shapes: number[][] = [[1], [3], [61], [64], [65], [7, 129], [2, 3, 5], [0], [2, 0]];
const count = (shape: number[]): number => shape.reduce((a, b) => a * b, 1);

test('keeps complex values interleaved in both homes, rounded to float32', async () => {
  const { gpu, cpu } = await homes();
  const values = [0.1, -2, 3e20, 1e-30, 0, -0.7];
  for (const home of [gpu, cpu] as Home[]) {
    const z = home.tensor([3], values, 'c64');
    expect(Array.from(await home.read(z))).toEqual(values.map(Math.fround));
    expect(home.bytes).toBe(home.kind === 'gpu' ? 24 : 48);
    expect(Array.from(await home.read(home.tensor([2], undefined, 'c64')))).toEqual([0, 0, 0, 0]);
    expect(await home.read(home.tensor([0, 2], [], 'c64'))).toHaveLength(0);
    expect(() => home.tensor([3], [1, 2, 3], 'c64')).toThrow('3 values for a tensor 3 of c64');
    home.release(z);
  }
  const fresh = await gpu.read(gpu.empty([5], 'c64'));
  expect(fresh).toHaveLength(10);
  expect(fresh.every(Number.isNaN)).toBe(true);
});

test.each(shapes.map((shape) => [shape]))(
  'maps %j entry by entry within the bounds of float32',
  async (shape) => {
    // `verify` compares every call with its twin and throws where the derived bound is passed.
    const { gpu } = await homes({ verify: true });
    const a = gpu.tensor(shape, normals(1, 0, 2 * count(shape)), 'c64');
    const b = gpu.tensor(shape, normals(1, 1, 2 * count(shape)), 'c64');
    const x = gpu.tensor(shape, normals(1, 2, count(shape)));
    await complex.complexOf(x);
    await complex.complexOf(x, x);
    for (const part of [complex.realPart, complex.imagPart, complex.complexAbs]) await part(a);
    for (const map of [complex.complexScale, complex.conjugate, complex.complexExp])
      await map(a, [0.3, -1.7]);
    const { complexMultiply, complexMultiplyConj, complexDivide, complexAdd, complexSubtract } = complex;
    for (const map of [complexMultiply, complexMultiplyConj, complexDivide, complexAdd, complexSubtract]) {
      const result = await map(a, b);
      expect(result.shape).toEqual(shape);
      expect(result.dtype).toBe('c64');
    }
  },
);

test('a row serves every row, and a matrix every item', async () => {
  const { gpu } = await homes({ verify: true });
  const a = gpu.tensor([3, 4, 5], normals(2, 0, 120), 'c64');
  const row = gpu.tensor([1, 5], normals(2, 1, 10), 'c64');
  const product = await gpu.read(await complex.complexMultiply(a, row));
  expect(product).toHaveLength(120);
  await complex.complexMultiply(a, gpu.tensor([4, 5], normals(2, 1, 40), 'c64'));
  await expect(complex.complexMultiply(a, gpu.tensor([4], normals(2, 1, 8), 'c64'))).rejects.toThrow(
    '4 does not fit the last dimensions of 3 x 4 x 5',
  );
});

test('divides and measures without overflow or underflow on the way', async () => {
  const { gpu } = await homes({ verify: true });
  const big = [2e38, 1e38, 1e-30, -2e-30, 1e38, -1e38, 5e-38, 0, 4, 3];
  const other = [1e38, -2e38, 3e-30, 1e-30, 1e-3, 1, 3e-38, 3e-38, 0, -2];
  const [a, b] = [big, other].map((values) => gpu.tensor([5], values, 'c64'));
  const quotient = await gpu.read(await complex.complexDivide(a, b));
  expect(quotient.every(Number.isFinite)).toBe(true);
  await complex.complexAbs(a);
});

test('the exponential keeps its digits at large angles and deep decay', async () => {
  const { gpu, cpu } = await homes();
  const angles = [0, 1e-6, 0.7853981, 1.5707963, 3.1415925, 100, 999.75, 8191.5, 16383, -2.5, -12000];
  const powers = [0, -1e-4, -80, -20, 5, 80, -87];
  const z = powers.flatMap((re) => angles.flatMap((im) => [re, im]));
  const run = async (home: Home) =>
    home.read(await complex.complexExp(home.tensor([z.length / 2], z, 'c64')));
  const [got, want] = [await run(gpu), await run(cpu)];
  want.forEach((value, i) => {
    const size = Math.hypot(want[i & ~1], want[i | 1]);
    expect(Math.abs(got[i] - value)).toBeLessThanOrEqual(14 * 2 ** -24 * size + 2 ** -125);
  });
  // exp(i x) has length 1, and exp(-inf) forgets.
  const edge = await gpu.read(
    await complex.complexExp(gpu.tensor([2], [-200, 1, Number.NEGATIVE_INFINITY, 0], 'c64')),
  );
  expect(Array.from(edge, Math.abs)).toEqual([0, 0, 0, 0]);
});

test('refuses real tensors and sizes that do not fit', async () => {
  const { gpu } = await homes();
  const real = gpu.tensor([2, 2]);
  await expect(complex.realPart(real)).rejects.toThrow('2 x 2 of f32 is not complex');
});
