import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { normals, uniforms } from '../math/threefry';
import { linearScan } from './linearscan';

const size = (shape: number[]): number => shape.reduce((a, b) => a * b, 1);

/** Shape and axis: short and long lines, one and many, contiguous and strided. */
const layouts: [number[], number][] = [
  [[1], 0],
  [[3], 0],
  [[64], 0],
  [[65], 0],
  [[256], 0],
  [[1021], 0],
  [[4, 1000], -1],
  [[3, 257], -1],
  [[300, 5], 0],
  [[2, 70, 3], 1],
  [[20000], 0],
  [[2, 5003], -1],
  [[66000, 2], 0],
  [[0, 4], -1],
];

test.each(layouts)('runs the recurrence of %j along %i within the bound', async (shape, axis) => {
  const { gpu } = await homes({ verify: true });
  const draw = (stream: number, parts: number) => normals(23, stream, parts * size(shape));
  const a = gpu.tensor(
    shape,
    uniforms(23, 0, size(shape)).map((u) => (u < 0.01 ? 0 : 1.2 * u - 0.2)),
  );
  const b = gpu.tensor(shape, draw(1, 1));
  const ac = gpu.tensor(
    shape,
    draw(2, 2).map((v) => v / 2),
    'c64',
  );
  const bc = gpu.tensor(shape, draw(3, 2), 'c64');
  for (const reverse of [false, true]) {
    await linearScan(a, b, { axis, reverse });
    expect((await linearScan(ac, bc, { axis, reverse })).dtype).toBe('c64');
  }
  if (size(shape) < 2000) for (const chunk of [1, 7, 32, 4096]) await linearScan(a, b, { axis, chunk });
});

test('one chunk or many: the same recurrence', async () => {
  const { gpu } = await homes();
  const a = gpu.tensor([512], new Float32Array(512).fill(0.5));
  const b = gpu.tensor([512], new Float32Array(512).fill(1));
  for (const chunk of [1, 5, 512]) {
    const h = await gpu.read(await linearScan(a, b, { chunk }));
    expect([h[0], h[1], h[511]]).toEqual([1, 1.5, 2]);
  }
});

test('refuses pairs that differ and chunks of nothing', async () => {
  const { gpu } = await homes();
  const x = gpu.tensor([2, 3]);
  await expect(linearScan(x, gpu.tensor([3, 2]))).rejects.toThrow('both alike');
  await expect(linearScan(x, x, { chunk: 0 })).rejects.toThrow('a chunk has 0 steps');
});
