import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { frobenius, type Matrix, matmul, matrix, subtract } from '../math/linalg';
import { normals } from '../math/threefry';
import { judge } from './cholesky';
import { solve, solvePositive } from './solve';

const EPS = 2 ** -23;

const gaussian = (m: number, n: number, stream: number): Matrix =>
  matrix(m, n, Float32Array.from(normals(71, stream, m * n)));

test.each([
  [1, 1, 1],
  [3, 2, 4],
  [17, 5, 3],
  [32, 1, 2],
  [45, 3, 1],
])('solves %i equations with %i right sides, %i systems at once', async (n, c, count) => {
  const { gpu, cpu } = await homes();
  const systems = Array.from({ length: count }, (_, i) => ({
    a: gaussian(n, n, i),
    b: gaussian(n, c, 9 + i),
  }));
  const lead = count === 1 ? [] : [count];
  for (const home of [gpu, cpu]) {
    const join = (of: (s: (typeof systems)[number]) => Matrix, cols: number) =>
      home.tensor(
        [...lead, n, cols],
        systems.flatMap((s) => [...of(s).data]),
      );
    const general = Float64Array.from(
      await home.read(
        await solve(
          join((s) => s.a, n),
          join((s) => s.b, c),
        ),
      ),
    );
    const gramOf = (a: Matrix): Matrix => {
      const g = matmul(a, a, { transposeA: true });
      return matrix(
        n,
        n,
        g.data.map((x, e) => Math.fround(e % (n + 1) === 0 ? x + n : x)),
      );
    };
    const { x, status } = await solvePositive(
      join((s) => gramOf(s.a), n),
      join((s) => s.b, c),
    );
    expect(judge(await home.read(status)).ok).toBe(true);
    const positive = Float64Array.from(await home.read(x));
    for (const [i, { a, b }] of systems.entries()) {
      // Both are backward stable: |A x - b| is within 10 n eps |A||x|.
      for (const [of, all] of [
        [a, general],
        [gramOf(a), positive],
      ] as const) {
        const found = matrix(n, c, all.slice(i * n * c, (i + 1) * n * c));
        const rest = frobenius(subtract(matmul(of, found), b));
        expect(rest).toBeLessThanOrEqual(10 * n * EPS * frobenius(of) * frobenius(found));
      }
    }
  }
});

test('refuses shapes that do not fit', async () => {
  const { gpu } = await homes();
  await expect(solve(gpu.tensor([3, 3]), gpu.tensor([4, 1]))).rejects.toThrow(
    '3 x 3 matrix does not fit 4 x 1',
  );
  await expect(solvePositive(gpu.tensor([3, 2]), gpu.tensor([3, 1]))).rejects.toThrow('does not fit');
});
