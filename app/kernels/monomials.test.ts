import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { homes } from '../gpu/testing';
import { monomialCount, monomialTable, taylorExp } from '../math/multisets';
import { normals } from '../math/threefry';
import { monomials, multiply, rowKronecker, softmaxGradient, taylor } from './monomials';

test('monomials are counted, and each comes once', () => {
  expect(monomialCount(4, 6)).toBe(210);
  expect(monomialCount(6, 3)).toBe(84);
  expect(monomialCount(1, 0)).toBe(1);
  const { count, parent, coordinate } = monomialTable(3, 4);
  const names = new Set<string>();
  for (let t = 0; t < count; t++) {
    const chain: number[] = [];
    for (let s = t; s > 0; s = parent[s]) chain.push(coordinate[s]);
    names.add(chain.sort().join(''));
  }
  expect(names.size).toBe(35);
});

test.each([
  [1, 1, 0],
  [3, 2, 5],
  [65, 4, 6],
  [7, 16, 2],
])('features of %i rows, %i coordinates, degree %i reproduce the polynomial kernel', async (n, d, degree) => {
  const { gpu, cpu } = await homes({ verify: true });
  const x = normals(1, 0, n * d).map((value) => value / 2);
  const table = monomialTable(d, degree);
  const root = (e: number) => 1 / Math.sqrt(e);
  const got = await gpu.read(await monomials(gpu.tensor([n, d], x), table, root));
  const want = cpuData(await monomials(cpu.tensor([n, d], x), table, root));
  expect(got.length).toBe(n * table.count);
  // <phi(x), phi(y)> = sum_t <x, y>^t / t!, in float64.
  const dot = (a: ArrayLike<number>, i: number, j: number, width: number) =>
    Array.from({ length: width }, (_, c) => a[i * width + c] * a[j * width + c]).reduce((s, v) => s + v, 0);
  const single = Float64Array.from(x, Math.fround);
  for (const [i, j] of [
    [0, n - 1],
    [n >> 1, 0],
  ]) {
    const value = taylorExp(dot(single, i, j, d), degree);
    // The ratios are rounded to float32 on the GPU alone.
    expect(Math.abs(dot(want, i, j, table.count) - value)).toBeLessThanOrEqual(1e-12 * taylorExp(9, degree));
  }
});

test.each([
  [1, 1, 1],
  [3, 2, 5],
  [65, 6, 7],
])('products of rows and entries of %i x %i and %i are rounded once or twice', async (n, m, q) => {
  const { gpu, cpu } = await homes({ verify: true });
  const x = gpu.tensor([n, m], normals(1, 0, n * m));
  expect((await gpu.read(await rowKronecker(x, gpu.tensor([n, q], normals(1, 1, n * q))))).length).toBe(
    n * m * q,
  );
  const y = gpu.tensor([n, m], normals(1, 2, n * m));
  await multiply(x, y);
  await softmaxGradient(x, y, gpu.tensor([n, 1], normals(1, 3, n)));
  const k = cpuData(await rowKronecker(cpu.tensor([1, 2], [2, 3]), cpu.tensor([1, 2], [5, 7])));
  expect([...k]).toEqual([10, 14, 15, 21]);
  expect([
    ...cpuData(
      await softmaxGradient(cpu.tensor([1, 2], [2, 3]), cpu.tensor([1, 2], [5, 7]), cpu.tensor([1, 1], [1])),
    ),
  ]).toEqual([8, 18]);
});

test.each([0, 1, 2, 7, 24])(
  'the Taylor polynomial of degree %i is within Horner of float64',
  async (degree) => {
    const { gpu } = await homes({ verify: true });
    const x = normals(2, 0, 131).map((value) => 2 * value);
    const got = await gpu.read(await taylor(gpu.tensor([1, 131], x), degree));
    expect(got.length).toBe(131);
    expect(taylorExp(1, 24)).toBeCloseTo(Math.E, 14);
  },
);

test('refuses what does not fit', async () => {
  const { gpu } = await homes();
  await expect(monomials(gpu.tensor([2, 3]), monomialTable(4, 2))).rejects.toThrow('do not fit 2 x 3');
  await expect(rowKronecker(gpu.tensor([2, 3]), gpu.tensor([3, 3]))).rejects.toThrow('differ in rows');
  await expect(multiply(gpu.tensor([2, 3]), gpu.tensor([3, 3]))).rejects.toThrow('differ in shape');
});
