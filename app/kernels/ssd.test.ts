import { expect, test } from 'vitest';
import type { Home } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals, uniforms } from '../math/threefry';
import { selectiveScan } from './selective';
import { type Dual, ssd, ssdBlock } from './ssd';

function system(home: Home, steps: number, d: number, heads: number, states: number, perHead = false): Dual {
  const draw = (shape: number[], stream: number) =>
    home.tensor(shape, normals(41, stream, shape[0] * shape[1]));
  const dtCols = perHead ? heads : d;
  return {
    x: draw([steps, d], 0),
    delta: home.tensor(
      [steps, dtCols],
      uniforms(41, 1, steps * dtCols).map((u) => 0.001 * 100 ** u),
    ),
    rate: home.tensor(
      [heads],
      Array.from({ length: heads }, (_, g) => -1 - g),
    ),
    b: draw([steps, states], 2),
    c: draw([steps, states], 3),
  };
}

const sizes: [number, number, number, number][] = [
  [1, 1, 1, 1],
  [7, 3, 3, 2],
  [64, 8, 2, 5],
  [65, 6, 3, 4],
  [128, 16, 4, 16],
  [100, 5, 1, 7],
  [33, 4, 4, 9],
];

test.each(sizes)(
  '%i steps, %i channels in %i heads, %i states: by chunks as step by step',
  async (l, d, g, n) => {
    const { gpu } = await homes({ verify: true });
    for (const q of [1, 8, 32, l]) await ssd(system(gpu, l, d, g, n), q);
    expect((await ssd(system(gpu, l, d, g, n, true))).shape).toEqual([l, d]);
  },
);

test('one head a channel and one rate for all states is the selective scan', async () => {
  const { cpu } = await homes();
  const own = system(cpu, 40, 3, 3, 4);
  const a = cpu.tensor([3, 4], [-1, -1, -1, -1, -2, -2, -2, -2, -3, -3, -3, -3]);
  const [got, want] = [await cpu.read(await ssd(own)), await cpu.read(await selectiveScan({ ...own, a }))];
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(want[i], 12);
  });
});

test('the matrix of a head gives its outputs, and its blocks are cut from it', async () => {
  const { gpu, cpu } = await homes({ verify: true });
  const m = await cpu.read(await ssdBlock(system(cpu, 24, 4, 2, 3), 1, 0, 0, [24, 24]));
  const own = system(cpu, 24, 4, 2, 3);
  const [x, delta, y] = [await cpu.read(own.x), await cpu.read(own.delta), await cpu.read(await ssd(own))];
  for (let i = 0; i < 24; i++) {
    for (const channel of [2, 3]) {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += m[i * 24 + j] * delta[j * 4 + 2] * x[j * 4 + channel];
      expect(sum).toBeCloseTo(y[i * 4 + channel], 12);
    }
  }
  const block = await gpu.read(await ssdBlock(system(gpu, 24, 4, 2, 3), 1, 16, 5, [6, 7]));
  block.forEach((value, e) => {
    expect(value).toBeCloseTo(m[(16 + Math.floor(e / 7)) * 24 + 5 + (e % 7)], 4);
  });
});

test('deep decays underflow to nothing, never to NaN', async () => {
  const { gpu } = await homes({ verify: true });
  const own = system(gpu, 64, 2, 2, 2);
  const rate = gpu.tensor([2], [Number.NEGATIVE_INFINITY, -1e6]);
  const y = await gpu.read(await ssd({ ...own, rate }, 16));
  expect(y.every(Number.isFinite)).toBe(true);
});

test('refuses heads that do not divide the channels', async () => {
  const { gpu } = await homes();
  await expect(ssd({ ...system(gpu, 8, 6, 3, 2), rate: gpu.tensor([4]) })).rejects.toThrow('must divide 6');
});
