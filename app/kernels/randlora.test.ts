import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { matmul } from './matmul';
import { randloraGradient, randloraStack } from './randlora';

const shapes: [number, number, number][] = [
  [1, 1, 1],
  [2, 8, 4],
  [3, 31, 11],
  [64, 65, 2],
  [5, 128, 26],
];

test.each(shapes)('r %i, n %i, %i bases: both kernels stay within their bounds', async (r, n, bases) => {
  const { gpu } = await homes({ verify: true });
  const gammaAt = Math.ceil((bases * r) / 64) * 64;
  const size = gammaAt + bases * n;
  const theta = gpu.tensor([size], normals(1, 0, size));
  const a = gpu.tensor([r, n], normals(1, 1, r * n));
  const s = await randloraStack(theta, a, { bases, gammaAt });
  expect(s.shape).toEqual([bases * r, n]);
  const t = gpu.tensor([bases * r, n], normals(1, 2, bases * r * n));
  await randloraGradient(t, theta, a, gpu.tensor([size]), { bases, gammaAt });
});

test('the gradients are those of <G, B S>: central differences in float64', async () => {
  const { cpu } = await homes();
  const [r, n, bases, m] = [2, 5, 3, 4];
  const gammaAt = 64;
  const x = normals(2, 0, gammaAt + bases * n);
  const a = cpu.tensor([r, n], normals(2, 1, r * n));
  const b = cpu.tensor([m, bases * r], normals(2, 2, m * bases * r));
  const g = cpu.tensor([m, n], normals(2, 3, m * n));
  const value = async (entry: number, by: number): Promise<number> => {
    const moved = cpu.wrap(
      [x.length],
      x.map((v, i) => (i === entry ? v + by : v)),
    );
    const dw = await cpu.read(await matmul(b, await randloraStack(moved, a, { bases, gammaAt })));
    const weights = await cpu.read(g);
    return Array.from(dw).reduce((sum, v, i) => sum + v * weights[i], 0);
  };
  const gradient = cpu.tensor([x.length]);
  const t = await matmul(b, g, { transposeA: true });
  await randloraGradient(t, cpu.wrap([x.length], x), a, gradient, { bases, gammaAt });
  const got = await cpu.read(gradient);
  for (const entry of [0, 3, 5, 64, 70, 78]) {
    // Linear in every single entry, so that the difference has rounding only.
    const central = ((await value(entry, 1e-3)) - (await value(entry, -1e-3))) / 2e-3;
    expect(got[entry]).toBeCloseTo(central, 9);
  }
});

test('numbers that are too few for the bases are refused', async () => {
  const { gpu } = await homes();
  const call = randloraStack(gpu.tensor([70]), gpu.tensor([2, 8]), { bases: 4, gammaAt: 64 });
  await expect(call).rejects.toThrow('4 bases of 2 x 8');
});
