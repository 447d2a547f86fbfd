import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { frobenius, type Matrix, matmul, matrix, subtract } from '../math/linalg';
import { normals } from '../math/threefry';
import { judge } from './cholesky';
import { complexSolve, solve, solvePositive } from './solve';

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

test.each([
  [1, 1],
  [3, 2],
  [17, 4],
  [40, 1],
  [130, 1],
])('solves %i complex equations with %i right sides', async (n, c) => {
  const { gpu, cpu } = await homes();
  const [a, b] = [normals(72, 0, 2 * n * n), normals(72, 1, 2 * n * c)].map((x) => Float32Array.from(x));
  for (const home of [gpu, cpu]) {
    const found = await complexSolve(home.tensor([n, n], a, 'c64'), home.tensor([n, c], b, 'c64'));
    expect(found.dtype).toBe('c64');
    const x = await home.read(found);
    let rest = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < c; j++) {
        let [re, im] = [-b[2 * (i * c + j)], -b[2 * (i * c + j) + 1]];
        for (let k = 0; k < n; k++) {
          const [p, q] = a.subarray(2 * (i * n + k), 2 * (i * n + k) + 2);
          const [s, t] = x.subarray(2 * (k * c + j), 2 * (k * c + j) + 2);
          re += p * s - q * t;
          im += p * t + q * s;
        }
        rest += re * re + im * im;
      }
    }
    const size = Math.hypot(...a) * Math.hypot(...x);
    expect(Math.sqrt(rest)).toBeLessThanOrEqual(20 * n * EPS * size);
  }
});

test('refuses shapes that do not fit', async () => {
  const { gpu } = await homes();
  await expect(solve(gpu.tensor([3, 3]), gpu.tensor([4, 1]))).rejects.toThrow(
    '3 x 3 matrix does not fit 4 x 1',
  );
  await expect(solvePositive(gpu.tensor([3, 2]), gpu.tensor([3, 1]))).rejects.toThrow('does not fit');
});
