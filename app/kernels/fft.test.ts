import { expect, test } from 'vitest';
import type { Home, Tensor } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { fft, ifft, transform, transformError } from './fft';
import { goodLength, longRadicesOf, planOf, radicesOf } from './fftplan';
import { irfft, rfft } from './rfft';

const draws = (home: Home, shape: number[], parts: number, seed = 9): Tensor =>
  home.tensor(
    shape,
    normals(
      seed,
      0,
      shape.reduce((a, b) => a * b, parts),
    ),
    parts === 2 ? 'c64' : 'f32',
  );

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.hypot(...Array.from(a, (x, i) => x - b[i]));

// Every radix first, in the middle and last; primes and their products by the chirp.
const lengths = [
  1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 25, 32, 45, 48, 64, 80, 97, 128, 210, 240, 256, 300, 480, 512, 1000,
];

test.each(lengths)('transforms rows of %i within the bound of float32, and back', async (n) => {
  // `verify` compares every call with its twin.
  const { gpu } = await homes({ verify: true });
  const x = draws(gpu, [3, n], 2);
  const back = await gpu.read(await ifft(await fft(x)));
  const bound = 40 * (Math.log2(n) + 2) * 2 ** -24;
  const values = await gpu.read(x);
  expect(distance(back, values)).toBeLessThanOrEqual(
    bound * distance(values, new Float64Array(values.length)),
  );
});

test.each([1, 2, 3, 4, 6, 7, 16, 30, 31, 32, 34, 64, 90, 101, 512, 1023])(
  'transforms %i real numbers within the bound, and back',
  async (n) => {
    const { gpu } = await homes({ verify: true });
    const x = draws(gpu, [2, 2, n], 1);
    const spectrum = await rfft(x);
    expect(spectrum.shape).toEqual([2, 2, Math.floor(n / 2) + 1]);
    const [back, values] = [await gpu.read(await irfft(spectrum, n)), await gpu.read(x)];
    expect(distance(back, values)).toBeLessThanOrEqual(
      60 * (Math.log2(n) + 2) * 2 ** -24 * distance(values, new Float64Array(values.length)),
    );
  },
);

test('the half spectrum is that of the complex transform', async () => {
  const { cpu } = await homes();
  const x = normals(2, 2, 24);
  const whole = await cpu.read(await fft(cpu.tensor([24], Array.from(x, (v) => [v, 0]).flat(), 'c64')));
  const half = await cpu.read(await rfft(cpu.tensor([24], x)));
  expect(distance(half, whole.slice(0, 26))).toBeLessThan(1e-13);
});

test('2^16 numbers are right to 5e-7 of their norm, where a sine in the shader gives 1e-4', async () => {
  const { gpu, cpu } = await homes();
  const [got, want] = [
    await gpu.read(await fft(draws(gpu, [65536], 2))),
    await cpu.read(await fft(draws(cpu, [65536], 2))),
  ];
  let [error, size] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    error += (got[i] - want[i]) ** 2;
    size += want[i] ** 2;
  }
  expect(Math.sqrt(error / size)).toBeLessThanOrEqual(5e-7);
});

// Radix 64 alone, first and last, after 4 and 16; padded; both directions; one column and many.
test.each([
  [64, 3, 64, false],
  [64, 1, 40, true],
  [256, 2, 256, true],
  [1024, 1, 1000, false],
  [4096, 2, 4096, false],
  [4096, 1, 4095, true],
])('passes of radix 64 transform %i numbers, %i rows of %i', async (n, rows, rowIn, inverse) => {
  const { gpu, cpu } = await homes();
  const radices = n === 256 ? [4, 64] : longRadicesOf(n);
  const x = draws(gpu, [rows, rowIn], 2);
  const into = gpu.empty([rows, n], 'c64');
  const scale = inverse ? 1 / n : 1;
  const got = await gpu.read(await transform(gpu, x, { n, rows, rowIn, inverse, scale, into, radices }));
  const values = await gpu.read(x);
  const padded = new Float64Array(2 * n * rows);
  for (let i = 0; i < rows; i++) padded.set(values.subarray(2 * rowIn * i, 2 * rowIn * (i + 1)), 2 * n * i);
  const want = await cpu.read(await (inverse ? ifft : fft)(cpu.tensor([rows, n], padded, 'c64')));
  const size = distance(want, new Float64Array(want.length));
  expect(distance(got, want)).toBeLessThanOrEqual(transformError(n) * size);
  expect(got.some(Number.isNaN)).toBe(false);
});

test('passes of radix 64 are proposed where they save one', () => {
  expect(longRadicesOf(65536)).toEqual([16, 64, 64]);
  expect(longRadicesOf(4096)).toEqual([64, 64]);
  expect(longRadicesOf(8192)).toEqual([8, 16, 64]);
  expect(longRadicesOf(2048)).toBeNull();
  expect(longRadicesOf(16)).toBeNull();
  expect(longRadicesOf(3 * 64)).toBeNull();
});

test('an impulse has a flat spectrum, a constant has one line', async () => {
  const { gpu } = await homes();
  const n = 96;
  const impulse = new Float64Array(2 * n);
  impulse[0] = 1;
  const flat = await gpu.read(await fft(gpu.tensor([n], impulse, 'c64')));
  flat.forEach((value, i) => {
    expect(Math.abs(value - (i % 2 ? 0 : 1))).toBeLessThanOrEqual(8 * 2 ** -24);
  });
  const line = await gpu.read(await rfft(gpu.tensor([n], new Float64Array(n).fill(1))));
  line.forEach((value, i) => {
    expect(Math.abs(value - (i === 0 ? n : 0))).toBeLessThanOrEqual(8 * n * 2 ** -24);
  });
});

test('plans use sixteens first, and pads to a length of small factors', () => {
  expect(radicesOf(65536)).toEqual([16, 16, 16, 16]);
  expect(radicesOf(8192)).toEqual([16, 16, 16, 2]);
  expect(radicesOf(480)).toEqual([16, 2, 3, 5]);
  expect(radicesOf(14)).toBeNull();
  expect(planOf(256).entries).toBe(6 * 16);
  for (const n of [1, 2, 7, 100, 1025, 3000, 70000]) {
    const size = goodLength(n);
    expect(size).toBeGreaterThanOrEqual(n);
    expect(size).toBeLessThan(1.3 * n + 2);
    expect(radicesOf(size)).not.toBeNull();
  }
});

test('refuses what is not complex, not real, or of another length', async () => {
  const { gpu } = await homes();
  await expect(fft(gpu.tensor([4]))).rejects.toThrow('4 of f32 is not complex');
  await expect(rfft(gpu.tensor([4], undefined, 'c64'))).rejects.toThrow('is not real');
  await expect(irfft(gpu.tensor([4], undefined, 'c64'), 8)).rejects.toThrow('8 real numbers have 5 bins');
  expect((await fft(gpu.tensor([0, 4], [], 'c64'))).shape).toEqual([0, 4]);
});
