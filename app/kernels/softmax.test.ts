import { expect, test } from 'vitest';
import { type Home, sizeOf } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { attentionWithStats } from './attention';
import { softmax } from './softmax';

const shapes: number[][] = [
  [1, 1],
  [3, 1],
  [1, 3],
  [2, 4],
  [15, 16],
  [17, 17],
  [16, 20],
  [33, 31],
  [2, 3, 65],
  [4, 5, 128],
  [1, 1031],
  [0, 4],
];

// `verify` compares every call with the float64 twin within the bound that the operation derives.
test.each(shapes)(
  'rows of %i x %i ... are softmaxed within the bound, in both variants',
  async (...shape) => {
    const { gpu } = await homes({ verify: true });
    const count = shape.reduce((a, b) => a * b, 1);
    const x = gpu.tensor(shape, normals(1, 0, count));
    const columns = sizeOf(shape.slice(0, -2)) * (shape.at(-1) ?? 0);
    const bias = gpu.tensor([columns], normals(1, 1, columns));
    for (const variant of ['rows', 'subgroup'] as const) {
      await expect(softmax(x, { variant })).resolves.toBeDefined();
      await softmax(x, { variant, scale: 3, causal: true });
      await softmax(x, { variant, scale: 0.5, bias });
      await softmax(x, { variant, log: true, scale: 30 });
      await softmax(x, { variant, log: true, causal: true });
    }
  },
);

test.each([
  [1, 16],
  [17, 32],
  [2, 3, 48],
  [5, 1024],
])('rows of whole blocks %i x %i ... are within the bound', async (...shape) => {
  const { gpu } = await homes({ verify: true });
  const x = gpu.tensor(shape, normals(1, 0, sizeOf(shape)));
  for (const log of [false, true]) {
    await softmax(x, { variant: 'blocks', log });
    await softmax(x, { variant: 'blocks', log, scale: 30 });
  }
  await expect(softmax(x, { variant: 'blocks', causal: true })).rejects.toThrow('multiple of 16');
});

test('rows add up to one, whatever is added to all entries', async () => {
  const { gpu } = await homes();
  const x = normals(2, 0, 40 * 52).map((value) => 5 * value);
  const run = async (shift: number) =>
    gpu.read(
      await softmax(
        gpu.tensor(
          [40, 52],
          x.map((value) => Math.fround(value * 4) / 4 + shift),
        ),
      ),
    );
  const y = await run(0);
  for (let i = 0; i < 40; i++) {
    let sum = 0;
    for (let j = 0; j < 52; j++) sum += y[52 * i + j];
    expect(Math.abs(sum - 1)).toBeLessThanOrEqual((52 + 20) * 2 ** -24);
  }
  const shifted = await run(512);
  // Adding 512 rounds the entries to 2^-14 at most; a weight moves by twice that relatively.
  shifted.forEach((value, i) => {
    expect(Math.abs(value - y[i])).toBeLessThanOrEqual(2 ** -12 * y[i] + 1e-37);
  });
});

test('huge entries give no infinity, and a causal row puts nothing beyond itself', async () => {
  const { gpu } = await homes();
  const big = await gpu.read(await softmax(gpu.tensor([1, 4], [1e30, -1e30, 1e30, 0])));
  expect([...big]).toEqual([0.5, 0, 0.5, 0]);
  const causal = await gpu.read(await softmax(gpu.tensor([3, 3]), { causal: true }));
  expect([...causal]).toEqual([1, 0, 0, 0.5, 0.5, 0, ...[1, 1, 1].map((x) => Math.fround(x / 3))]);
});

test('the stats of an attention serve as a bias', async () => {
  const { gpu, cpu } = await homes();
  const run = async (home: Home) => {
    const q = home.tensor([6, 4], normals(3, 0, 24));
    const { stats } = await attentionWithStats(q, q, q);
    return home.read(await softmax(home.tensor([5, 6], normals(3, 1, 30)), { bias: stats }));
  };
  const [got, want] = [await run(gpu), await run(cpu)];
  got.forEach((x, i) => {
    expect(Math.abs(x - want[i])).toBeLessThanOrEqual(200 * 2 ** -24);
  });
});

test('refuses a bias of another length', async () => {
  const { gpu } = await homes();
  await expect(softmax(gpu.tensor([2, 3]), { bias: gpu.tensor([4]) })).rejects.toThrow(
    '4 numbers for 3 columns',
  );
});
