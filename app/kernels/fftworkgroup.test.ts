import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { fft as fft64 } from '../math/fft';
import { normals } from '../math/threefry';
import { transformError } from './fft';
import { fitsWorkgroup, workgroupTransform } from './fftworkgroup';

/** Length, rows, numbers of a row that are given, numbers that a workgroup holds. */
const cases: [number, number, number, number][] = [
  [8, 3, 8, 64],
  [16, 2, 16, 64],
  [32, 1, 20, 64],
  [64, 2, 64, 64],
  [128, 1, 128, 64],
  [256, 2, 256, 64],
  [512, 1, 300, 64],
  [1024, 1, 1024, 128],
  [4096, 1, 4096, 64],
];

test.each(cases)('transforms %i x %i rows of %i numbers, %i a workgroup', async (n, rows, rowIn, held) => {
  const { gpu } = await homes();
  const values = Float32Array.from(normals(61, 0, 2 * rows * rowIn));
  const x = gpu.tensor([rows, rowIn], values, 'c64');
  const into = gpu.empty([rows, n], 'c64');
  const job = { n, rows, rowIn, inverse: false, scale: 1, into };
  const got = await gpu.read(await workgroupTransform(gpu, x, job, held));
  for (let row = 0; row < rows; row++) {
    const padded = new Float64Array(2 * n);
    padded.set(values.subarray(2 * row * rowIn, 2 * (row + 1) * rowIn));
    const want = fft64(padded);
    const error = Math.hypot(...want.map((value, i) => value - got[2 * n * row + i]));
    expect(error).toBeLessThanOrEqual(transformError(n) * Math.hypot(...want));
  }
  if (rowIn < n) return;
  const back = { n, rows, rowIn: n, inverse: true, scale: 1 / n, into: gpu.empty([rows, n], 'c64') };
  const again = await gpu.read(await workgroupTransform(gpu, into, back, held));
  const error = Math.hypot(...Array.from(again, (value, i) => value - values[i]));
  expect(error).toBeLessThanOrEqual(2 * transformError(n) * Math.hypot(...values));
});

test('serves powers of two from 8 to 2^20', () => {
  expect([4, 8, 100, 2 ** 20, 2 ** 21].map((n) => fitsWorkgroup(n, 1))).toEqual([
    false,
    true,
    false,
    true,
    false,
  ]);
  expect(fitsWorkgroup(64, 70000)).toBe(false);
});
