import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { tripleAttention } from './triple';

test.each([
  [1, 1, 1, 1],
  [1, 3, 2, 5],
  [2, 17, 4, 4],
  [1, 65, 3, 2],
  [3, 9, 33, 12],
])('%i sequences of %i tokens, widths %i and %i, are within the bound', async (batch, n, d, dv) => {
  const { gpu } = await homes({ verify: true });
  const draw = (stream: number, width: number) =>
    gpu.tensor([batch, n, width], normals(1, stream, batch * n * width));
  const input = { q: draw(0, d), k1: draw(1, d), k2: draw(2, d), v1: draw(3, dv), v2: draw(4, dv) };
  expect((await tripleAttention(input, 1)).shape).toEqual([batch, n, dv]);
  // Scores of hundreds: exp must not overflow, and one pair takes all.
  await tripleAttention(input, 60);
});

test('one token attends to itself; equal scores average', async () => {
  for (const home of Object.values(await homes())) {
    const one = (values: number[]) => home.tensor([1, values.length], values);
    const alone = await tripleAttention(
      { q: one([1, 2]), k1: one([3, 4]), k2: one([5, 6]), v1: one([7, 8]), v2: one([9, 10]) },
      1,
    );
    expect([...(await home.read(alone))]).toEqual([63, 80]);
    const column = (values: number[]) => home.tensor([values.length, 1], values);
    const zero = column([0, 0]);
    const even = await tripleAttention(
      { q: zero, k1: zero, k2: zero, v1: column([1, 3]), v2: column([2, 4]) },
      1,
    );
    expect([...(await home.read(even))]).toEqual([6, 6]);
  }
});

test('refuses what does not belong together', async () => {
  const { gpu } = await homes();
  const a = gpu.tensor([4, 2]);
  await expect(tripleAttention({ q: a, k1: a, k2: gpu.tensor([3, 2]), v1: a, v2: a }, 1)).rejects.toThrow(
    'do not belong together',
  );
});
