import { expect, test } from 'vitest';
import { sizeOf } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { type Reduction, reduceColumns, reduceRows } from './reduction';

const ALL: Reduction[] = ['sum', 'mean', 'max', 'min', 'sumSquares', 'logSumExp', 'argmax', 'argmin'];

const shapes: number[][] = [
  [1, 1],
  [3, 1],
  [1, 3],
  [5, 7],
  [16, 16],
  [17, 20],
  [31, 65],
  [2, 3, 9],
  [2, 64, 12],
  [1, 1031],
  [1031, 1],
  [700, 5],
  [0, 3],
];

// `verify` compares every call with the float64 twin within the bound that the operation derives.
test.each(shapes)('all reductions of %i x %i ... are right along rows and columns', async (...shape) => {
  const { gpu } = await homes({ verify: true });
  const x = gpu.tensor(shape, normals(1, 0, sizeOf(shape)));
  for (const what of ALL) {
    for (const variant of ['rows', 'subgroup'] as const) {
      const out = await reduceRows(x, what, { variant });
      expect(out.shape).toEqual([...shape.slice(0, -1), 1]);
    }
    if (shape.at(-2) === 0) continue;
    expect((await reduceColumns(x, what)).shape).toEqual([...shape.slice(0, -2), 1, shape.at(-1)]);
  }
});

test('lines in parts give the same', async () => {
  const { gpu } = await homes({ verify: true });
  const x = gpu.tensor([2, 37, 50], normals(2, 0, 3700));
  for (const what of ALL) {
    for (const parts of [2, 3, 100]) {
      await reduceRows(x, what, { parts, variant: 'rows' });
      await reduceColumns(x, what, { parts });
    }
  }
});

test('of equal entries the first is found, in parts too', async () => {
  const { gpu } = await homes();
  const x = gpu.tensor([1, 700], new Array(700).fill(2));
  const tall = gpu.tensor([700, 1], new Array(700).fill(2));
  for (const parts of [1, 7]) {
    for (const what of ['argmax', 'argmin'] as const) {
      for (const variant of ['rows', 'subgroup'] as const) {
        expect([...(await gpu.read(await reduceRows(x, what, { parts, variant })))]).toEqual([0]);
      }
      expect([...(await gpu.read(await reduceColumns(tall, what, { parts })))]).toEqual([0]);
    }
  }
});

test('the log of a sum of exponentials does not overflow', async () => {
  const { gpu } = await homes();
  const x = gpu.tensor([1, 3], [1000, 1000, -1000]);
  const [value] = await gpu.read(await reduceRows(x, 'logSumExp'));
  expect(Math.abs(value - 1000 - Math.log(2))).toBeLessThanOrEqual(1000 * 2 ** -23);
});

test('an empty line has a sum but no largest entry', async () => {
  const { gpu, cpu } = await homes();
  for (const home of [gpu, cpu]) {
    expect([...(await home.read(await reduceRows(home.tensor([2, 0]), 'sum')))]).toEqual([0, 0]);
    await expect(reduceRows(home.tensor([2, 0]), 'max')).rejects.toThrow('nothing has no max');
  }
});
