import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { transpose } from './transpose';

const shapes = [
  [1, 1],
  [3, 5],
  [4, 4],
  [7, 33],
  [64, 16],
  [68, 20],
  [31, 65],
  [3, 17, 9],
  [2, 8, 12],
];

test.each(shapes.map((shape) => ({ shape })))('turns $shape by every kernel', async ({ shape }) => {
  const { gpu } = await homes();
  const [m, n] = shape.slice(-2);
  const batch = shape.length > 2 ? shape[0] : 1;
  const values = Float32Array.from({ length: batch * m * n }, (_, i) => i + 1);
  const want = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const [item, row, col] = [Math.floor(i / (m * n)), Math.floor((i % (m * n)) / n), i % n];
    want[item * m * n + col * m + row] = values[i];
  }
  for (const variant of ['any', 'vec4', 'tile'] as const) {
    if (variant === 'vec4' && (m % 4 || n % 4)) continue;
    const t = await transpose(gpu.tensor(shape, values), { variant });
    expect(t.shape).toEqual([...shape.slice(0, -2), n, m]);
    expect(await gpu.read(t), variant).toEqual(want);
  }
});

test('turns nothing into nothing', async () => {
  const { gpu } = await homes();
  expect((await transpose(gpu.tensor([0, 5]))).shape).toEqual([5, 0]);
});
