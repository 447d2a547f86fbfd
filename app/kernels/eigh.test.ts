import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { frobenius, identity, type Matrix, matmul, matrix, scaleColumns, subtract } from '../math/linalg';
import { orthonormal } from '../math/spectra';
import { symmetricEigen } from '../math/symmetric';
import { type Eigen, eigh, jacobiEigh } from './eigh';
import type { Team } from './teams';

const EPS = 2 ** -23;

const spectra: Record<string, (i: number, n: number) => number> = {
  indefinite: (i, n) => (i - n / 2) / n,
  opposite: (i) => (i % 2 === 0 ? 1 : -1),
  graded: (i) => (-1) ** i * 10 ** -i,
  negative: () => -2,
  low: (i) => (i < 2 ? 1 : 0),
};

function make(n: number, kind: string, stream = 0): Matrix {
  const q = orthonormal(61, stream, n, n);
  const values = Float64Array.from({ length: n }, (_, i) => spectra[kind](i, n));
  const a = matmul(scaleColumns(q, values), q, { transposeB: true });
  return matrix(
    n,
    n,
    a.data.map((_, e) => Math.fround(a.data[Math.min(e, (e % n) * n + Math.floor(e / n))])),
  );
}

async function check(items: Matrix[], { values, vectors }: Eigen): Promise<void> {
  const n = items[0].rows;
  const bound = 10 * n * EPS;
  const [all, columns] = [await values.home.read(values), await vectors.home.read(vectors)];
  for (const [i, a] of items.entries()) {
    const got = Float64Array.from(all.subarray(i * n, (i + 1) * n));
    const v = matrix(n, n, Float64Array.from(columns.subarray(i * n * n, (i + 1) * n * n)));
    const want = symmetricEigen(a).values;
    const norm = Math.max(Math.abs(want[0]), Math.abs(want[n - 1]));
    got.forEach((x, k) => {
      expect(Math.abs(x - want[k])).toBeLessThanOrEqual(bound * norm);
    });
    expect(frobenius(subtract(matmul(v, v, { transposeA: true }), identity(n)))).toBeLessThanOrEqual(bound);
    const product = matmul(scaleColumns(v, got), v, { transposeB: true });
    expect(frobenius(subtract(product, a))).toBeLessThanOrEqual(bound * frobenius(a));
  }
}

for (const team of ['lanes', 'workgroup'] as Team[]) {
  test.each([1, 2, 3, 17, 33])(`decomposes %i rows of every spectrum in a team of ${team}`, async (n) => {
    const { gpu } = await homes();
    for (const kind of Object.keys(spectra)) {
      const a = make(n, kind);
      await check([a], await jacobiEigh(gpu.tensor([n, n], a.data), { team }));
    }
  });

  test(`decomposes a batch in a team of ${team}`, async () => {
    const { gpu } = await homes();
    const items = Object.keys(spectra).map((kind, i) => make(7, kind, i));
    const all = items.flatMap((item) => [...item.data]);
    await check(items, await jacobiEigh(gpu.tensor([items.length, 7, 7], all), { team }));
  });
}

test('goes by blocks above 64 rows, and chooses the home by itself', async () => {
  const { gpu, cpu } = await homes();
  const a = make(70, 'indefinite');
  await check([a], await jacobiEigh(gpu.tensor([70, 70], a.data)));
  for (const home of [gpu, cpu]) await check([a], await eigh(home.tensor([70, 70], a.data)));
});

test('the zero matrix has zero values and orthonormal vectors', async () => {
  const { gpu } = await homes();
  await check([matrix(5, 5)], await jacobiEigh(gpu.tensor([5, 5])));
});

test('refuses what is not square', async () => {
  const { gpu } = await homes();
  await expect(eigh(gpu.tensor([3, 4]))).rejects.toThrow('3 x 4 is not a square matrix');
});
