import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import type { Home, Tensor } from '../gpu/home';
import { homes } from '../gpu/testing';
import { integers, normals } from '../math/threefry';
import { binIndices, histogram } from './histogram';

const sizes = [1, 2, 3, 63, 64, 65, 255, 257, 1031, 5000];

/** The same in both homes. */
async function both(body: (home: Home) => Promise<Tensor>) {
  const { gpu, cpu } = await homes();
  const got = Array.from(await gpu.read(await gpu.scope(() => body(gpu))));
  return { got, want: Array.from(cpuData(await body(cpu))) };
}

test.each(sizes)('counts of %i entries are exact, by atomics in memory and in workgroups', async (n) => {
  const x = integers(6, 0, n, 37);
  for (const bins of [1, 30, 37, 3000]) {
    for (const variant of ['plain', 'workgroup'] as const) {
      const { got, want } = await both((home) => histogram(home.tensor([n], x, 'u32'), bins, { variant }));
      expect(got).toEqual(want);
      expect(got.reduce((a, b) => a + b, 0)).toBe(x.filter((value) => value < bins).length);
    }
  }
});

test('bins hold both ends, and neither what lies outside nor NaN', async () => {
  const x = Float32Array.of(
    -1,
    0,
    0.1,
    0.25,
    0.49999,
    0.5,
    0.75,
    1,
    1.0001,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  );
  const { got, want } = await both((home) => binIndices(home.tensor([11], x), 0, 1, 4));
  expect(got).toEqual(want);
  expect(got).toEqual([4, 0, 0, 1, 1, 2, 3, 3, 4, 4, 4]);
  const wide = normals(7, 0, 3000);
  const many = await both((home) => binIndices(home.tensor([3000], wide), -2.3, 2.1, 97));
  expect(many.got).toEqual(many.want);
});
