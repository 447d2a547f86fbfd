import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { normals, signs as signs64, threefry2x32, uniforms } from '../math/threefry';
import { normal, randomBits, signs, ulp32, uniform } from './random';

const counts = [1, 3, 63, 64, 65, 127, 1009, 4097];

test('the shader gives the known answer of Random123 and the bits of the CPU', async () => {
  const { gpu } = await homes();
  const zero = await gpu.read(await randomBits(gpu, 1, 0, 0));
  expect([...zero]).toEqual([0x6b200159, 0x99ba4efe]);
  for (const [seed, stream, start] of [
    [0x13198a2e, 0x03707344, 0x243f6a88],
    [0xffffffff, 0xffffffff, 0xffffff00],
    [7, 2, 0],
  ]) {
    const got = await gpu.read(await randomBits(gpu, 200, seed, stream, start));
    const want = Array.from({ length: 200 }, (_, i) => threefry2x32(seed, stream, start + i, 0)).flat();
    expect([...got]).toEqual(want);
  }
  await gpu.finish();
});

test.each(counts)('uniforms and signs of %i entries are exactly those of the CPU', async (count) => {
  const { gpu } = await homes();
  const u = await gpu.read(await uniform(gpu, [count], 5, 3, 17));
  expect([...u]).toEqual(Array.from(uniforms(5, 3, count, 17), Math.fround));
  const s = await gpu.read(await signs(gpu, [count, 1], 5, 4));
  expect([...s]).toEqual([...signs64(5, 4, count)]);
  await gpu.finish();
});

test('a million normals are within 1 ulp of the float32-rounded float64 ones', async () => {
  const { gpu } = await homes();
  const count = 2 ** 20;
  const got = await gpu.read(await normal(gpu, [1024, 1024], 1, 2));
  const want = normals(1, 2, count);
  let worst = 0;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const value = Math.fround(want[i]);
    const error = Math.abs(got[i] - value) / ulp32(value);
    if (!(error <= worst)) [worst, at] = [error, i];
  }
  expect(worst, `entry ${at}: ${got[at]}, float64 says ${want[at]}`).toBeLessThanOrEqual(1);
  await gpu.finish();
});

test('a slice of a stream is the same numbers, and its operation passes its own comparison', async () => {
  const { gpu } = await homes({ verify: true });
  const all = await gpu.read(await normal(gpu, [1000], 9, 8));
  const part = await gpu.read(await normal(gpu, [13, 3], 9, 8, 500));
  expect([...part]).toEqual([...all.slice(500, 539)]);
  await gpu.finish();
});

test('a seed that is no 32-bit integer is refused', async () => {
  const { gpu, cpu } = await homes();
  await expect(normal(gpu, [3], -1, 0)).rejects.toThrow('2^32');
  await expect(normal(cpu, [3], 2 ** 32, 0)).rejects.toThrow('2^32');
});
