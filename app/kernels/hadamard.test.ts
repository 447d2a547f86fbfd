import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { hardwareLike, homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { walshHadamard } from './hadamard';

const popcount = (x: number): number => (x === 0 ? 0 : (x & 1) + popcount(x >>> 1));

test.each([
  [1, 1],
  [3, 1],
  [5, 2],
  [1, 4],
  [7, 8],
  [3, 16],
  [5, 32],
  [2, 64],
  [31, 128],
  [3, 256],
  [1, 2048],
  [2, 4096],
])('transforms %i rows of %i as the float64 twin does', async (m, n) => {
  const { gpu } = await homes({ verify: true });
  const got = await gpu.read(await walshHadamard(gpu.tensor([m, n], normals(1, 0, m * n))));
  expect(got.length).toBe(m * n);
  await walshHadamard(gpu.tensor([m, n], normals(1, 1, m * n)), { orthonormal: false });
  await gpu.finish();
});

test.each([64, 128, 256, 512])('a workgroup transforms rows of %i', async (n) => {
  const { gpu } = await homes({ verify: true });
  const variant = 'workgroup';
  await walshHadamard(gpu.tensor([3, n], normals(2, 0, 3 * n)), { variant });
  await walshHadamard(gpu.tensor([1, n], normals(2, 1, n)), { variant, orthonormal: false });
});

test('a GPU takes long rows by workgroups, and the longest by passes', async () => {
  const gpu = await hardwareLike({ verify: true });
  const kernelsOf = async (n: number) => {
    await gpu.timings();
    await walshHadamard(gpu.tensor([2, n], normals(3, 0, 2 * n)));
    return new Set((await gpu.timings()).map(({ kernel }) => kernel));
  };
  expect(await kernelsOf(512)).toEqual(new Set(['hadamard_workgroup']));
  expect(await kernelsOf(128)).toEqual(new Set(['hadamard']));
  expect(await kernelsOf(8192)).toEqual(new Set(['hadamard']));
});

test('the float64 twin is the matrix (-1)^popcount(i & j) / sqrt(N), its own inverse', async () => {
  const { cpu } = await homes();
  const n = 16;
  const identity = cpu.tensor(
    [n, n],
    Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
  );
  const h = await walshHadamard(identity);
  cpuData(h).forEach((value, at) => {
    expect(value).toBe((popcount(Math.floor(at / n) & (at % n)) % 2 ? -1 : 1) / 4);
  });
  expect([...cpuData(await walshHadamard(h))]).toEqual([...cpuData(identity)]);
});

test('a length that is no power of two is refused with the cure', async () => {
  const { gpu, cpu } = await homes();
  await expect(walshHadamard(cpu.tensor([2, 12]))).rejects.toThrow('power of two');
  await expect(walshHadamard(gpu.tensor([2, 12]))).rejects.toThrow('power of two');
  await gpu.finish();
});
