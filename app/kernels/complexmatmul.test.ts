import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import type { Home, Tensor } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { complexMatmul } from './complexmatmul';

const count = (shape: number[]): number => shape.reduce((a, b) => a * b, 1);

test.each([
  [1, 1, 1],
  [3, 2, 7],
  [16, 16, 16],
  [17, 15, 33],
  [5, 31, 1],
  [4, 4, 0],
  [0, 3, 2],
])('multiplies complex %i x %i matrices over %i terms, plain, adjoint and batched', async (m, n, k) => {
  const { gpu, cpu } = await homes({ verify: true });
  const make = (home: Home, shape: number[], stream: number): Tensor =>
    home.tensor(shape, normals(3, stream, 2 * count(shape)), 'c64');
  await complexMatmul(make(gpu, [m, k], 0), make(gpu, [k, n], 1));
  await complexMatmul(make(gpu, [2, k, m], 0), make(gpu, [k, n], 1), { adjointA: true });
  const c = await complexMatmul(make(gpu, [3, m, k], 0), make(gpu, [3, n, k], 1), { adjointB: true });
  expect(c.shape).toEqual([3, m, n]);
  // (A B)^H = B^H A^H.
  const [a, b] = [make(cpu, [m, k], 0), make(cpu, [k, n], 1)];
  const forward = cpuData(await complexMatmul(a, b));
  const back = cpuData(await complexMatmul(b, a, { adjointA: true, adjointB: true }));
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      expect(back[2 * (j * m + i)]).toBeCloseTo(forward[2 * (i * n + j)], 12);
      expect(back[2 * (j * m + i) + 1]).toBeCloseTo(-forward[2 * (i * n + j) + 1], 12);
    }
  }
});

test('refuses sizes that do not fit', async () => {
  const { gpu } = await homes();
  const z = gpu.tensor([2, 3], undefined, 'c64');
  await expect(complexMatmul(z, z)).rejects.toThrow('the inner sizes are 3 and 2');
});
