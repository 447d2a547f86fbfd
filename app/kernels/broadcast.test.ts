import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import type { Home, Tensor } from '../gpu/home';
import { sizeOf } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { binary, broadcastShape, unary, where } from './broadcast';
import { elementary, FUNCTIONS } from './elementary';

const draw = (home: Home, stream: number, shape: readonly number[], positive = false): Tensor =>
  home.tensor(
    shape,
    normals(5, stream, sizeOf(shape)).map((x) => (positive ? Math.abs(x) + 0.01 : 2 * x)),
  );

const UNARY = [
  'relu',
  'gelu',
  'silu',
  'tanh',
  'sigmoid',
  'exp',
  'softplus',
  'log',
  'sqrt',
  'abs',
  'neg',
] as const;
const MORE = ['square', 'reciprocal', 'sign', 'identity'] as const;
const BINARY = ['add', 'sub', 'mul', 'div', 'max', 'min', 'pow'] as const;

test('the functions are all here', () => {
  expect([...UNARY, ...MORE, ...BINARY, 'where'].sort()).toEqual([...FUNCTIONS].sort());
});

test.each([...UNARY, ...MORE])('%s is within its bound at every length', async (op) => {
  const { gpu } = await homes({ verify: true });
  for (const shape of [[1], [3], [7, 11], [257], [1030]]) {
    await unary(op, draw(gpu, 0, shape, op === 'log' || op === 'sqrt'));
  }
  await unary(op, gpu.tensor([6], [1e-30, 1e-3, 0.4999, 1, 2.0001, 60]));
});

/** Shapes of x and y: equal, numbers, rows, columns, both ways, missing dimensions, inner and outer repeats. */
const pairs: [number[], number[]][] = [
  [[5], [5]],
  [
    [4, 8],
    [4, 8],
  ],
  [[37, 5], [5]],
  [
    [37, 5],
    [37, 1],
  ],
  [
    [1, 5],
    [37, 1],
  ],
  [
    [3, 1, 7],
    [2, 1],
  ],
  [
    [2, 3, 4, 5],
    [3, 1, 5],
  ],
  [
    [2, 1, 4, 1],
    [1, 3, 1, 5],
  ],
  [[66, 130], [130]],
  [[1], [9, 9]],
  [[0, 4], [4]],
];

test.each(pairs)('%j and %j broadcast as NumPy does, within the bound', async (x, y) => {
  const { gpu } = await homes({ verify: true });
  for (const op of BINARY) {
    const z = await binary(op, draw(gpu, 0, x, op === 'pow'), draw(gpu, 1, y));
    expect(z.shape).toEqual(broadcastShape(x, y));
  }
  await where(await unary('sign', await unary('relu', draw(gpu, 2, x))), draw(gpu, 1, y), -1);
  await where(draw(gpu, 2, x), draw(gpu, 3, x), draw(gpu, 1, y));
});

test('numbers stand on either side', async () => {
  const { gpu } = await homes();
  const x = gpu.tensor([3], [1, 2, 4]);
  expect([...(await gpu.read(await binary('sub', 10, x)))]).toEqual([9, 8, 6]);
  expect([...(await gpu.read(await binary('mul', x, -2)))]).toEqual([-2, -4, -8]);
  expect([...(await gpu.read(await where(await binary('sub', x, 1), x, 7)))]).toEqual([7, 2, 4]);
});

test('powers of negative numbers are real where the exponent is whole', async () => {
  const { gpu, cpu } = await homes();
  const x = [-2, -2, -2, -3, -8, -2, 0, 0, 0, 2, 5, -1.5];
  const y = [2, 3, -1, 5, 1 / 3, 0, 2, 0, -1, 0.5, 1, -2];
  const got = await gpu.read(await binary('pow', gpu.tensor([12], x), gpu.tensor([12], y)));
  const want = cpuData(await binary('pow', cpu.tensor([12], x), cpu.tensor([12], y)));
  want.forEach((value, i) => {
    if (!Number.isFinite(value)) expect(got[i]).toBe(value);
    else expect(Math.abs(got[i] - value)).toBeLessThanOrEqual(elementary.pow.error(x[i], y[i], 0));
  });
});

test('refuses shapes that do not fit, naming both', async () => {
  const { gpu } = await homes();
  await expect(binary('add', gpu.tensor([2, 3]), gpu.tensor([4, 3]))).rejects.toThrow(
    'cannot broadcast 2 x 3 and 4 x 3: dimension 0 differs',
  );
});
