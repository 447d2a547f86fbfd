import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { frobenius, identity, type Matrix, matmul, matrix, subtract } from '../math/linalg';
import { normals } from '../math/threefry';
import { householderQr } from './householder';
import type { Team } from './teams';

const EPS = 2 ** -23;
const teams: Team[] = ['lanes', 'workgroup'];

/** Gaussian, with a zero column, a doubled one, and one that is already reflected, where there is room. */
function awkward(m: number, n: number, stream: number): Matrix {
  const data = Float32Array.from(normals(21, stream, m * n));
  for (let i = 0; i < m && n > 3; i++) {
    data[i * n] = i === 0 ? -2 : 0;
    data[i * n + 1] = 0;
    data[i * n + 3] = data[i * n + 2];
  }
  return matrix(m, n, data);
}

function check(a: Matrix, q: Matrix, r: Matrix): void {
  const bound = 10 * a.cols * EPS;
  const loss = frobenius(subtract(matmul(q, q, { transposeA: true }), identity(q.cols)));
  expect(loss).toBeLessThanOrEqual(bound);
  expect(frobenius(subtract(matmul(q, r), a))).toBeLessThanOrEqual(bound * frobenius(a));
  for (let i = 0; i < a.cols; i++) {
    expect(r.data[i * (a.cols + 1)]).toBeGreaterThanOrEqual(0);
    for (let j = 0; j < i; j++) expect(r.data[i * a.cols + j]).toBe(0);
  }
}

for (const team of teams) {
  test.each([
    [1, 1, 1],
    [2, 2, 3],
    [7, 5, 4],
    [33, 31, 2],
    [32, 32, 2],
    [129, 7, 2],
    [33, 33, 1],
    [150, 70, 1],
    [64, 64, 1],
  ])(`factors %i x %i matrices, %i at once, in a team of ${team}`, async (m, n, count) => {
    const { gpu, cpu } = await homes();
    const items = Array.from({ length: count }, (_, i) => awkward(m, n, i));
    const shape = count === 1 ? [m, n] : [count, m, n];
    for (const home of [gpu, cpu]) {
      const { q, r } = await householderQr(
        home.tensor(
          shape,
          items.flatMap((item) => [...item.data]),
        ),
        { team },
      );
      const [qs, rs] = [Float64Array.from(await home.read(q)), Float64Array.from(await home.read(r))];
      for (const [i, a] of items.entries()) {
        check(
          a,
          matrix(m, n, qs.subarray(i * m * n, (i + 1) * m * n)),
          matrix(n, n, rs.subarray(i * n * n, (i + 1) * n * n)),
        );
      }
    }
  });
}

test('refuses wide matrices, and batches that are too wide for one panel', async () => {
  const { gpu } = await homes();
  await expect(householderQr(gpu.tensor([3, 5]))).rejects.toThrow('3 x 5 has more columns than rows');
  await expect(householderQr(gpu.tensor([2, 40, 33]))).rejects.toThrow('at most 32 columns, not 33');
});
