import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { normals, uniforms } from '../math/threefry';
import { type ScanOp, type ScanOptions, scan } from './scan';

const size = (shape: number[]): number => shape.reduce((a, b) => a * b, 1);

/** Shape and axis: short and long lines, one and many, contiguous and strided. */
const layouts: [number[], number][] = [
  [[1], 0],
  [[3], 0],
  [[64], 0],
  [[65], 0],
  [[256], 0],
  [[1021], 0],
  [[4, 1000], -1],
  [[3, 257], -1],
  [[300, 5], 0],
  [[2, 70, 3], 1],
  [[20000], 0],
  [[2, 5003], -1],
  [[66000, 2], 0],
  [[0, 4], -1],
];

const options: ScanOptions[] = (['sum', 'product', 'max', 'min'] as ScanOp[]).flatMap((op) =>
  [false, true].flatMap((exclusive) => [false, true].map((reverse) => ({ op, exclusive, reverse }))),
);

test.each(layouts)('scans %j along %i within the bound, forwards and back', async (shape, axis) => {
  const { gpu } = await homes({ verify: true });
  const x = gpu.tensor(
    shape,
    normals(21, 0, size(shape)).map((v) => v / 2),
  );
  // Long lines once for every operation, short ones in all ways.
  for (const one of size(shape) > 2000 ? options.filter((_, i) => i % 5 === 0) : options) {
    expect((await scan(x, { ...one, axis })).shape).toEqual(shape);
  }
});

test.each(layouts.slice(0, -1))('begins anew with every segment of %j along %i', async (shape, axis) => {
  const { gpu } = await homes({ verify: true });
  const x = gpu.tensor(shape, normals(21, 0, size(shape)));
  const flags = uniforms(21, 1, size(shape)).map((u) => (u < 0.05 ? 1 : 0));
  const segments = gpu.tensor(shape, flags, 'u32');
  const n = shape.at(axis) ?? 1;
  const line = gpu.tensor([n], flags.slice(0, n), 'u32');
  for (const one of size(shape) > 2000 ? options.slice(0, 3) : options) {
    await scan(x, { ...one, axis, segments });
    await scan(x, { ...one, axis, segments: line });
  }
});

test('sums and segments read as they should', async () => {
  const { gpu, cpu } = await homes();
  for (const home of [gpu, cpu]) {
    const x = home.tensor([5], [1, 2, 3, 4, 5]);
    const segments = home.tensor([5], [0, 0, 1, 0, 0], 'u32');
    const run = async (options: ScanOptions) => Array.from(await home.read(await scan(x, options)));
    expect(await run({})).toEqual([1, 3, 6, 10, 15]);
    expect(await run({ exclusive: true })).toEqual([0, 1, 3, 6, 10]);
    expect(await run({ reverse: true })).toEqual([15, 14, 12, 9, 5]);
    expect(await run({ segments })).toEqual([1, 3, 3, 7, 12]);
    expect(await run({ segments, reverse: true })).toEqual([3, 2, 12, 9, 5]);
    expect(await run({ segments, exclusive: true })).toEqual([0, 1, 0, 3, 7]);
    expect(await run({ op: 'max', exclusive: true })).toEqual([Number.NEGATIVE_INFINITY, 1, 2, 3, 4]);
  }
});

test('a running sum of 2^20 numbers keeps its digits', async () => {
  const { gpu } = await homes();
  const n = 2 ** 20;
  const values = Float32Array.from(uniforms(22, 0, n));
  const got = await gpu.read(await scan(gpu.tensor([n], values)));
  let [sum, worst] = [0, 0];
  for (let i = 0; i < n; i++) {
    sum += values[i];
    worst = Math.max(worst, Math.abs(got[i] - sum) / sum);
  }
  expect(worst).toBeLessThanOrEqual(1e-6);
});

test('refuses what does not fit', async () => {
  const { gpu } = await homes();
  const x = gpu.tensor([2, 3]);
  await expect(scan(x, { axis: 2 })).rejects.toThrow('there is no axis 2 in 2 x 3');
  await expect(scan(x, { segments: gpu.tensor([2], [1, 0], 'u32') })).rejects.toThrow('segments 2 of u32');
});
