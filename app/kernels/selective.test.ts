import { expect, test } from 'vitest';
import type { Home } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals, uniforms } from '../math/threefry';
import { linearScan } from './linearscan';
import { contractStates, pairsOf } from './pairs';
import { blelloch, hillisSteele } from './scanforms';
import { type Selective, selectiveScan } from './selective';

/** A system as Mamba begins with: A_n = -(n + 1), steps between 0.001 and 0.1. */
function system(home: Home, steps: number, d: number, states: number): Selective {
  const draw = (shape: number[], stream: number) =>
    home.tensor(shape, normals(31, stream, shape[0] * shape[1]));
  return {
    x: draw([steps, d], 0),
    delta: home.tensor(
      [steps, d],
      uniforms(31, 1, steps * d).map((u) => 0.001 * 100 ** u),
    ),
    a: home.tensor(
      [d, states],
      Array.from({ length: d * states }, (_, i) => -1 - (i % states)),
    ),
    b: draw([steps, states], 2),
    c: draw([steps, states], 3),
  };
}

const sizes: [number, number, number][] = [
  [1, 1, 1],
  [7, 3, 4],
  [64, 16, 16],
  [65, 2, 5],
  [33, 17, 12],
  [129, 1, 19],
  [100, 5, 36],
  [300, 3, 8],
];

test.each(sizes)(
  'scans %i steps of %i channels with %i states within the bound',
  async (steps, d, states) => {
    const { gpu } = await homes({ verify: true });
    for (const chunk of [undefined, 1, 32, 50, steps]) {
      expect((await selectiveScan(system(gpu, steps, d, states), { chunk })).shape).toEqual([steps, d]);
    }
  },
);

test.each(sizes)(
  'laid open as pairs, %i steps of %i channels with %i states say the same',
  async (l, d, n) => {
    const { gpu, cpu } = await homes({ verify: true });
    for (const home of [gpu, cpu]) {
      const { a: rate, b: input, ...rest } = system(home, l, d, n);
      const y = home.tensor([l, d]);
      const half = Math.ceil(d / 2);
      for (const [from, to] of [
        [0, half],
        [half, d],
      ]) {
        if (from === to) continue;
        const pairs = await pairsOf({ ...rest, rate, input }, from, to);
        const states = [await linearScan(pairs.a, pairs.b, { axis: 0 }), await hillisSteele(pairs)];
        if (Number.isInteger(Math.log2(l))) states.push(await blelloch(pairs));
        for (const h of states) await contractStates(y, h, rest.c, from, true);
      }
      const [got, want] = [await home.read(y), await home.read(await selectiveScan(system(home, l, d, n)))];
      const scale = Math.hypot(...want);
      got.forEach((value, i) => {
        expect(Math.abs(value - want[i])).toBeLessThanOrEqual((home.kind === 'gpu' ? 1e-5 : 1e-13) * scale);
      });
    }
  },
);

test('a system that does not change takes its decays as they are', async () => {
  const { gpu } = await homes({ verify: true });
  const x = gpu.tensor([16, 2], normals(32, 0, 32));
  const [rate, input, c] = [1, 2, 3].map((stream) => gpu.tensor([2, 3], uniforms(32, stream, 6)));
  const pairs = await pairsOf({ x, rate, input }, 0, 2);
  await contractStates(gpu.tensor([16, 2]), await blelloch(pairs), c, 0, false);
  expect(Array.from(await gpu.read(pairs.a)).slice(6, 12)).toEqual(Array.from(await gpu.read(rate)));
});

test('a full reset forgets the past in every scan', async () => {
  const { gpu } = await homes();
  const a = gpu.tensor([4, 1], [0.5, 0.5, 0, 0.5]);
  const b = gpu.tensor([4, 1], [1, 1, 7, 1]);
  for (const h of [
    await hillisSteele({ a, b }),
    await blelloch({ a, b }),
    await linearScan(a, b, { axis: 0, chunk: 2 }),
  ]) {
    expect(Array.from(await gpu.read(h))).toEqual([1, 1.5, 7, 4.5]);
  }
});

test('refuses what does not fit', async () => {
  const { gpu } = await homes();
  const own = system(gpu, 6, 2, 3);
  await expect(selectiveScan({ ...own, delta: gpu.tensor([6, 3]) })).rejects.toThrow('x 6 x 2 wants delta');
  const pairs = { a: gpu.tensor([6, 1]), b: gpu.tensor([6, 1]) };
  await expect(blelloch(pairs)).rejects.toThrow('6 steps are no power of two');
});
