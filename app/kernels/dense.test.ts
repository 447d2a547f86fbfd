import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import type { Tensor } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { axpby, scaleColumns, scaleRows } from './elementwise';
import { columnDots, norms, squareSums, sumsOfSquares } from './reduce';
import { columns, concatColumns, copy, rows, stack } from './slice';
import { transpose } from './transpose';

const shapes: [number, number][] = [
  [1, 1],
  [1, 7],
  [3, 1],
  [31, 33],
  [64, 64],
  [65, 129],
];

/** Runs one operation in both homes on the same numbers; GPU tensors are poisoned beforehand. */
async function both(shape: number[], body: (a: Tensor, b: Tensor) => Promise<Tensor>) {
  const { gpu, cpu } = await homes();
  const size = shape.reduce((x, y) => x * y, 1);
  const [x, y] = [normals(3, 0, size), normals(3, 1, size)];
  const got = await gpu.read(await body(gpu.tensor(shape, x), gpu.tensor(shape, y)));
  const want = cpuData(await body(cpu.tensor(shape, x), cpu.tensor(shape, y)));
  return { got: Array.from(got), want: Array.from(want, Math.fround) };
}

test.each(shapes)('transposes, cuts, joins and copies %i x %i exactly', async (m, n) => {
  const bodies: ((a: Tensor, b: Tensor) => Promise<Tensor>)[] = [
    (a) => transpose(a),
    (a) => columns(a, 0, Math.ceil(n / 2)),
    (a) => rows(a, Math.floor(m / 2), m),
    (a, b) => concatColumns([a, b]),
    (a, b) => stack([b, a]),
    (a) => copy(a),
  ];
  for (const body of bodies) {
    const { got, want } = await both([m, n], body);
    expect(got).toEqual(want);
  }
});

test.each(shapes)('scales and adds %i x %i within two roundings', async (m, n) => {
  const bodies: ((a: Tensor, b: Tensor) => Promise<Tensor>)[] = [
    (a, b) => axpby(2, a, -0.5, b),
    async (a, b) => scaleColumns(a, await rows(b, 0, 1)),
    async (a, b) => scaleRows(a, await columns(b, 0, 1)),
  ];
  for (const body of bodies) {
    const { got, want } = await both([m, n], body);
    // Sums are bounded by the largest possible sum of these draws, 3 * 5.
    got.forEach((value, i) => {
      expect(Math.abs(value - want[i])).toBeLessThanOrEqual(4 * 2 ** -24 * Math.max(15, Math.abs(want[i])));
    });
  }
});

test('batches are transposed item by item', async () => {
  const { got, want } = await both([3, 5, 7], (a) => transpose(a));
  expect(got).toEqual(want);
});

test('norms of a batch are right to 68 u, also for one entry and for none', async () => {
  const { gpu, cpu } = await homes();
  for (const shape of [
    [1, 1],
    [2, 3, 211],
    [1, 1000, 37],
    [2, 0, 4],
  ]) {
    const x = normals(
      4,
      0,
      shape.reduce((p, q) => p * q, 1),
    );
    const got = await norms(gpu.tensor(shape, x));
    const want = await norms(cpu.tensor(shape, x));
    expect(got.length).toBe(want.length);
    got.forEach((value, i) => {
      expect(Math.abs(value - want[i])).toBeLessThanOrEqual(68 * 2 ** -24 * want[i]);
    });
  }
});

test('refuses parts that are not there', async () => {
  const { gpu } = await homes();
  await expect(columns(gpu.tensor([2, 3]), 1, 4)).rejects.toThrow(
    'columns 1 to 4 are not within a 2 x 3 matrix',
  );
  await expect(axpby(1, gpu.tensor([2, 3]), 1, gpu.tensor([3, 2]))).rejects.toThrow('differ in shape');
});

test.each(shapes)(
  'dot products of columns of %i x %i and sums of squares stay within their bounds',
  async (m, n) => {
    const { gpu } = await homes({ verify: true });
    const [a, b] = [0, 1].map((stream) => gpu.tensor([m, n], normals(5, stream, m * n)));
    const dots = await gpu.read(await columnDots(a, b));
    expect(dots.length).toBe(n);
    const sums = await gpu.read(await sumsOfSquares(a, gpu.empty([squareSums(m * n)])));
    const [norm] = await norms(a);
    expect(Math.abs(Array.from(sums).reduce((x, y) => x + y, 0) - norm ** 2)).toBeLessThanOrEqual(
      140 * 2 ** -24 * norm ** 2,
    );
  },
);
