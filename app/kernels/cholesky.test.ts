import { expect, test } from 'vitest';
import type { Tensor } from '../gpu/home';
import { homes } from '../gpu/testing';
import { frobenius, identity, type Matrix, matmul, matrix, subtract } from '../math/linalg';
import { normals } from '../math/threefry';
import { cholesky, judge } from './cholesky';
import type { Team } from './teams';

const U = 2 ** -24;
const teams: Team[] = ['lanes', 'workgroup'];
const sizes = [1, 2, 3, 4, 5, 17, 31, 64];

/** Positive definite with eigenvalues in about [1, 5], and junk below the diagonal that must not be read. */
function definite(n: number, stream: number): { full: Matrix; upper: Float32Array } {
  const y = matrix(
    2 * n,
    n,
    Float64Array.from(normals(11, stream, 2 * n * n), (x) => x / Math.sqrt(2 * n)),
  );
  const g = matmul(y, y, { transposeA: true });
  const upper = Float32Array.from(g.data, (x, e) => x + (e % (n + 1) === 0 ? 1 : 0));
  const full = matrix(
    n,
    n,
    g.data.map((_, e) => upper[Math.min(e % n, Math.floor(e / n)) * n + Math.max(e % n, Math.floor(e / n))]),
  );
  return { full, upper: upper.map((x, e) => (e % n < Math.floor(e / n) ? 1e9 : x)) };
}

const read = async (t: Tensor, item = 0): Promise<Matrix> => {
  const [m, n] = t.shape.slice(-2);
  const all = Float64Array.from(await t.home.read(t));
  return matrix(m, n, all.subarray(item * m * n, (item + 1) * m * n));
};

for (const team of teams) {
  test.each(sizes)(`factors a batch of %i x %i matrices in a team of ${team}`, async (n) => {
    const { gpu, cpu } = await homes();
    const items = [0, 1, 2].map((stream) => definite(n, stream));
    const all = items.flatMap((item) => [...item.upper]);
    for (const home of [gpu, cpu]) {
      const { r, inverse, status } = await cholesky(home.tensor([3, n, n], all), { team, invert: true });
      for (const [i, { full }] of items.entries()) {
        const factor = await read(r, i);
        const rest = frobenius(subtract(matmul(factor, factor, { transposeA: true }), full));
        // |R^T R - G|_F <= gamma_(n+1) trace(G), and |R|_F^2 = trace(G).
        expect(rest).toBeLessThanOrEqual((n + 2) * U * frobenius(factor) ** 2);
        expect(factor.data.every((x, e) => e % n >= Math.floor(e / n) || x === 0)).toBe(true);
        if (inverse) {
          const one = matmul(factor, await read(inverse, i));
          // |R X - I| <= gamma_n |R||X|, condition below 3.
          expect(frobenius(subtract(one, identity(n)))).toBeLessThanOrEqual(20 * n * U * Math.sqrt(n));
        }
        const [failed, departure] = [...(await home.read(status))].slice(3 * i);
        expect(failed).toBe(0);
        const want = frobenius(subtract(full, identity(n)));
        expect(Math.abs(departure - want)).toBeLessThanOrEqual((n + 4) * U * (want + Math.sqrt(n)));
      }
    }
  });

  test.each([
    [1, 0],
    [5, 0],
    [17, 16],
    [33, 20],
  ])(`a team of ${team} names the pivot that fails in %i rows: %i`, async (n, bad) => {
    const { gpu, cpu } = await homes();
    const { upper } = definite(n, 4);
    upper[bad * (n + 1)] = -1;
    for (const home of [gpu, cpu]) {
      const { r, status } = await cholesky(home.tensor([n, n], upper), { team });
      const words = await home.read(status);
      expect(words[0]).toBe(bad + 1);
      expect(words[2]).toBeLessThan(0);
      expect(judge(words).ok).toBe(false);
      const factor = await read(r);
      expect(factor.data.subarray(bad * n).every((x) => x === 0)).toBe(true);
      expect(factor.data.subarray(0, bad * n).some((x) => x !== 0)).toBe(bad > 0);
    }
  });

  test.each([NaN, Infinity])(`a team of ${team} reports %f as a breakdown`, async (value) => {
    const { gpu } = await homes();
    const { upper } = definite(6, 5);
    upper[2 * 6 + 3] = value;
    const { status } = await cholesky(gpu.tensor([6, 6], upper), { team });
    expect((await gpu.read(status))[0]).toBe(4);
  });

  test(`a team of ${team} adds shift trace(G) + lift to the diagonal`, async () => {
    const { gpu, cpu } = await homes();
    for (const home of [gpu, cpu]) {
      const { r } = await cholesky(home.tensor([2, 2], [3, 0, 9, 5]), { team, shift: 0.5, lift: 2 });
      const got = await home.read(r);
      expect(got[0]).toBeCloseTo(3, 6); // sqrt(3 + 4 + 2)
      expect(got[3]).toBeCloseTo(Math.sqrt(11), 6);
    }
  });

  test(`factors by blocks beyond the limit of a team of ${team}`, async () => {
    const { gpu } = await homes();
    const n = team === 'lanes' ? 515 : 131;
    const { full, upper } = definite(n, 6);
    const { r, status } = await cholesky(gpu.tensor([n, n], upper), { team });
    const factor = await read(r);
    const rest = frobenius(subtract(matmul(factor, factor, { transposeA: true }), full));
    expect(rest).toBeLessThanOrEqual((n + 2) * U * frobenius(factor) ** 2);
    expect(judge(await gpu.read(status)).ok).toBe(true);
  });
}

test('refuses a matrix that is not square', async () => {
  const { gpu } = await homes();
  await expect(cholesky(gpu.tensor([3, 4]))).rejects.toThrow('3 x 4 is not a square matrix');
});
