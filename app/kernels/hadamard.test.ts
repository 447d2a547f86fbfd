import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { homes } from '../gpu/testing';
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
