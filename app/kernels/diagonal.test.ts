import { expect, test } from 'vitest';
import type { Home } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals, uniforms } from '../math/threefry';
import { diagonalScan } from './diagonal';
import { fftConvolve } from './fftconvolve';
import { diagonalKernel } from './gate';
import { transpose } from './transpose';

function modes(home: Home, d: number, n: number, isComplex: boolean) {
  const parts = isComplex ? 2 : 1;
  const size = uniforms(81, 0, d * n).map((u) => 0.5 + 0.499 * u);
  const turn = uniforms(81, 1, d * n).map((u) => Math.PI * (2 * u - 1));
  const values = isComplex
    ? Array.from(size).flatMap((r, i) => [r * Math.cos(turn[i]), r * Math.sin(turn[i])])
    : size;
  const dtype = isComplex ? 'c64' : 'f32';
  return [
    home.tensor([d, n], values, dtype),
    home.tensor([d, n], normals(81, 2, parts * d * n), dtype),
  ] as const;
}

const sizes: [number, number, number][] = [
  [1, 1, 1],
  [7, 3, 4],
  [64, 16, 8],
  [65, 2, 5],
  [300, 1, 13],
  [129, 33, 3],
];

test.each(sizes.flatMap((one) => [false, true].map((isComplex) => [...one, isComplex] as const)))(
  '%i steps of %i channels with %i modes, complex: %s, within the bound',
  async (steps, d, n, isComplex) => {
    const { gpu } = await homes({ verify: true });
    const x = gpu.tensor([steps, d], normals(82, 0, steps * d));
    const [a, w] = modes(gpu, d, n, isComplex);
    for (const chunk of [undefined, 1, 32, steps]) {
      expect((await diagonalScan(x, a, w, { chunk })).shape).toEqual([steps, d]);
    }
  },
);

test('is the convolution with its kernel', async () => {
  const { cpu } = await homes();
  const x = cpu.tensor([50, 3], normals(83, 0, 150));
  const rates = uniforms(83, 1, 12).map((u) => -u);
  const w = cpu.tensor([3, 4], normals(83, 2, 12));
  const kernel = await diagonalKernel(w, cpu.wrap([3, 4], Float64Array.from(rates)), 50);
  const want = await cpu.read(await transpose(await fftConvolve(await transpose(x), kernel)));
  const got = await cpu.read(await diagonalScan(x, cpu.wrap([3, 4], rates.map(Math.exp)), w));
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(want[i], 10);
  });
});

test('refuses modes of another type or shape', async () => {
  const { gpu } = await homes();
  const x = gpu.tensor([8, 2]);
  const a = gpu.tensor([2, 3]);
  await expect(diagonalScan(x, a, gpu.tensor([2, 4]))).rejects.toThrow('wants a and w 2 x N');
  await expect(diagonalScan(x, a, gpu.tensor([2, 3], undefined, 'c64'))).rejects.toThrow('both c64');
});
