import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import * as threefry from '../math/threefry';
import { normal, signs, uniform } from './random';

const seeds: [number, number, number][] = [
  [0, 0, 0],
  [4294967295, 8, 123],
  [7, 2, 0],
];

test.each(seeds)('uniforms and signs of seed %i, stream %i from %i are the CPU draws, rounded', async (seed, stream, start) => {
  const { gpu } = await homes();
  for (const count of [1, 3, 67, 1000]) {
    const u = await gpu.read(await uniform(gpu, [count], seed, stream, start));
    expect([...u]).toEqual([...Float32Array.from(threefry.uniforms(seed, stream, count, start))]);
    const s = await gpu.read(await signs(gpu, [count], seed, stream, start));
    expect([...s]).toEqual([...threefry.signs(seed, stream, count, start)]);
  }
});

test('normals are the CPU draws to four units in the last place', async () => {
  const { gpu } = await homes();
  const count = 200_000;
  const got = await gpu.read(await normal(gpu, [count], 3, 20));
  const want = threefry.normals(3, 20, count);
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const ulp = 2 ** (Math.floor(Math.log2(Math.abs(want[i]))) - 23);
    worst = Math.max(worst, Math.abs(got[i] - want[i]) / ulp);
  }
  expect(worst).toBeLessThan(4);
});
