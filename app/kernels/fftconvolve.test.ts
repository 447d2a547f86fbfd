import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { fftConvolve } from './fftconvolve';

const draws = (shape: number[], stream: number): Float32Array =>
  Float32Array.from(
    normals(
      11,
      stream,
      shape.reduce((a, b) => a * b, 1),
    ),
  );

/** Signals, kernels, length asked for. */
const cases: [number[], number[], number | undefined][] = [
  [[1], [1], undefined],
  [[2], [3], 4],
  [[3, 7], [5], undefined],
  [[2, 3, 64], [3, 64], undefined],
  [[4, 33], [4, 20], 52],
  [[5, 100], [1, 99], 100],
  [[2, 1000], [2, 1000], undefined],
  [[1, 16], [1, 1], 16],
  [[3, 31], [3, 40], 12],
  [[2, 255], [257], 600],
  [[1, 2048], [1, 2048], undefined],
  [[17, 12], [17, 12], undefined],
];

test.each(cases)('convolves %j with %j within the bound of float32', async (u, k, length) => {
  const { gpu } = await homes({ verify: true });
  const y = await fftConvolve(gpu.tensor(u, draws(u, 0)), gpu.tensor(k, draws(k, 1)), length);
  expect(y.shape).toEqual([...u.slice(0, -1), length ?? u.at(-1)]);
});

test('is the sum, and one unit later for a delay of one', async () => {
  const { gpu, cpu } = await homes();
  for (const home of [gpu, cpu]) {
    const u = home.tensor([4], [1, 2, 3, 4]);
    const near = (got: ArrayLike<number>, want: number[]) =>
      want.forEach((value, i) => {
        expect(got[i]).toBeCloseTo(value, 5);
      });
    near(await home.read(await fftConvolve(u, home.tensor([2], [0, 1]))), [0, 1, 2, 3]);
    near(await home.read(await fftConvolve(u, home.tensor([3], [1, 1, 1]), 6)), [1, 3, 6, 9, 7, 4]);
  }
});

test('refuses kernels that fit no channel', async () => {
  const { gpu } = await homes();
  const u = gpu.tensor([2, 3, 8]);
  await expect(fftConvolve(u, gpu.tensor([2, 8]))).rejects.toThrow(
    'kernels 2 x 8 do not fit signals 2 x 3 x 8',
  );
  await expect(fftConvolve(u, gpu.tensor([3, 0]))).rejects.toThrow('empty');
});
