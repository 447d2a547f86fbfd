import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { layerNorm, rmsNorm } from './norm';

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
  'rows of %i x %i ... are normalized within the bound, in both variants',
  async (...shape) => {
    const { gpu } = await homes({ verify: true });
    const n = shape.at(-1) ?? 0;
    const x = gpu.tensor(
      shape,
      normals(
        1,
        0,
        shape.reduce((a, b) => a * b, 1),
      ),
    );
    const gain = gpu.tensor([n], normals(1, 1, n));
    const bias = gpu.tensor([n], normals(1, 2, n));
    for (const variant of ['rows', 'subgroup'] as const) {
      for (const norm of [layerNorm, rmsNorm]) {
        await expect(norm(x, { variant })).resolves.toBeDefined();
        await norm(x, { variant, gain, bias, eps: 0.1 });
      }
    }
  },
);

test('a large mean does not spoil the variance', async () => {
  const { gpu } = await homes({ verify: true });
  const x = gpu.tensor(
    [8, 64],
    normals(2, 0, 512).map((value) => 1000 + value),
  );
  const y = await gpu.read(await layerNorm(x, { eps: 0 }));
  for (let i = 0; i < 8; i++) {
    let [sum, square] = [0, 0];
    for (const value of y.slice(64 * i, 64 * i + 64)) {
      sum += value / 64;
      square += value ** 2 / 64;
    }
    // Entries are rounded at 2^-15 near 1000, the mean among them.
    expect(Math.abs(sum)).toBeLessThanOrEqual(16 * 1000 * 2 ** -24);
    expect(Math.abs(square - 1)).toBeLessThanOrEqual(1e-3);
  }
});

test('a row of zeros stays zero', async () => {
  const { gpu } = await homes();
  for (const norm of [layerNorm, rmsNorm]) {
    expect([...(await gpu.read(await norm(gpu.tensor([1, 5]))))]).toEqual([0, 0, 0, 0, 0]);
  }
});

test('refuses gains of another length', async () => {
  const { gpu } = await homes();
  await expect(layerNorm(gpu.tensor([2, 3]), { gain: gpu.tensor([4]) })).rejects.toThrow(
    '4 gains for 3 columns',
  );
});
