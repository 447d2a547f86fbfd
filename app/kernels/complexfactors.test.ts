import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import type { Home, Tensor } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { complexCholesky, complexQr, complexTriangularSolve } from './complexfactors';
import { complexMatmul } from './complexmatmul';
import { hermitianEigen } from './hermitian';

const teams = ['lanes', 'workgroup'] as const;

const draw = (home: Home, shape: number[], stream: number): Tensor =>
  home.tensor(
    shape,
    normals(
      31,
      stream,
      shape.reduce((a, b) => a * b, 2),
    ),
    'c64',
  );

/** X^H X + I / 8: positive definite, or without the identity of the rank of X. */
async function gram(home: Home, batch: number, m: number, n: number): Promise<Tensor> {
  const x = draw(home, [batch, m, n], 1);
  return complexMatmul(x, x, { adjointA: true });
}

// `verify` compares each with float64: residual and orthogonality within the derived bound.
test.each([
  [1, 1, 1],
  [1, 5, 1],
  [2, 4, 3],
  [3, 7, 7],
  [1, 33, 17],
  [1, 70, 32],
])('factors %i complex matrices of %i x %i as Q R in either team', async (batch, m, n) => {
  const { gpu } = await homes({ verify: true });
  for (const team of teams) await complexQr(draw(gpu, [batch, m, n], 0), { team });
});

test('a zero column, and columns that depend on one another, still give a unitary Q', async () => {
  const { gpu } = await homes({ verify: true });
  const a = normals(31, 2, 2 * 6 * 4);
  for (let i = 0; i < 6; i++) {
    a.fill(0, 8 * i + 2, 8 * i + 4);
    a.set([-a[8 * i + 1], a[8 * i]], 8 * i + 4); // column 2 is i times column 0
  }
  for (const team of teams) {
    const { r } = await complexQr(gpu.tensor([6, 4], a, 'c64'), { team });
    const values = await gpu.read(r);
    expect(Math.abs(values[2 * (1 * 4 + 1)])).toBe(0);
    expect(Math.abs(values[2 * (2 * 4 + 2)])).toBeLessThan(1e-5);
  }
});

test.each([
  [1, 1],
  [3, 2],
  [2, 5],
  [1, 16],
  [1, 37],
])('factors %i Hermitian matrices of order %i, and solves with the factor', async (batch, n) => {
  const { gpu } = await homes({ verify: true });
  const g = await gram(gpu, batch, n + 3, n);
  for (const team of teams) {
    const { r, status } = await complexCholesky(g, { team });
    expect([...(await gpu.read(status))].filter((_, i) => i % 2 === 0)).toEqual(Array(batch).fill(0));
    const b = draw(gpu, [batch, n, 3], 4);
    await complexTriangularSolve(r, await complexTriangularSolve(r, b, { adjoint: true }));
  }
});

test('a matrix that is not positive definite says at which pivot', async () => {
  const { gpu, cpu } = await homes();
  const g = [4, 0, 0, 2, 0, -2, 0.5, 0]; // [[4, 2i], [-2i, 1/2]]: the second pivot is 1/2 - 1
  for (const home of [gpu, cpu]) {
    const { r, status } = await complexCholesky(home.tensor([2, 2], g, 'c64'));
    expect([...(await home.read(status))]).toEqual([2, -0.5]);
    expect([...(await home.read(r))].slice(4)).toEqual([0, 0, 0, 0]);
  }
});

test.each([
  [1, 1],
  [5, 3],
  [33, 40],
])('solves %i complex equations with %i right sides from every triangle', async (n, lines) => {
  const { gpu } = await homes({ verify: true });
  const t = await gpu.scope(async () => {
    const values = normals(31, 5, 2 * n * n);
    for (let i = 0; i < n; i++) values[2 * i * (n + 1)] += 3 * n; // well conditioned
    return gpu.tensor([n, n], values, 'c64');
  });
  for (const upper of [true, false]) {
    for (const adjoint of [true, false]) {
      await complexTriangularSolve(t, draw(gpu, [2, n, lines], 6), { upper, adjoint });
    }
  }
});

test.each([
  [1, 1],
  [3, 2],
  [2, 5],
  [1, 16],
  [1, 33],
])('decomposes %i Hermitian matrices of order %i in either team', async (batch, n) => {
  const { gpu } = await homes({ verify: true });
  const a = draw(gpu, [batch, n, n], 7);
  for (const team of teams) {
    const { values } = await hermitianEigen(a, { team });
    const lambda = await gpu.read(values);
    for (let i = 1; i < lambda.length; i++)
      if (i % n > 0) expect(lambda[i]).toBeGreaterThanOrEqual(lambda[i - 1]);
  }
});

test('repeated eigenvalues, zeros and diagonal matrices come out whole in both homes', async () => {
  const { gpu, cpu } = await homes({ verify: true });
  const n = 6;
  const low = await gram(cpu, 1, 2, n); // rank 2: eigenvalue 0 four times
  const matrices = [new Float64Array(2 * n * n), cpuData(low).slice(), new Float64Array(2 * n * n)];
  for (let i = 0; i < n; i++) matrices[2][2 * i * (n + 1)] = i < 3 ? -1 : 2;
  for (const values of matrices) {
    await hermitianEigen(gpu.tensor([n, n], values, 'c64'));
    const { vectors } = await hermitianEigen(cpu.tensor([n, n], values, 'c64'));
    const product = cpuData(await complexMatmul(vectors, vectors, { adjointA: true }));
    for (let e = 0; e < 2 * n * n; e++) expect(product[e]).toBeCloseTo(e % (2 * n + 2) === 0 ? 1 : 0, 12);
  }
});

test('eigenvalues of i times a real skew matrix are the frequencies of its rotation', async () => {
  const { gpu, cpu } = await homes();
  // i [[0, -3], [3, 0]] has eigenvalues -3 and 3.
  for (const home of [gpu, cpu]) {
    const { values } = await hermitianEigen(home.tensor([2, 2], [0, 0, 0, -3, 0, 3, 0, 0], 'c64'));
    const [low, high] = await home.read(values);
    expect(low).toBeCloseTo(-3, 5);
    expect(high).toBeCloseTo(3, 5);
  }
});

test('refuses what does not fit', async () => {
  const { gpu } = await homes();
  await expect(complexQr(draw(gpu, [2, 3], 0))).rejects.toThrow('2 x 3 has more columns than rows');
  await expect(complexCholesky(draw(gpu, [2, 3], 0))).rejects.toThrow('2 x 3 is not square');
  await expect(hermitianEigen(draw(gpu, [129, 129], 0))).rejects.toThrow('at most 128');
  await expect(complexQr(gpu.tensor([3, 2]))).rejects.toThrow('is not complex');
  await expect(complexTriangularSolve(draw(gpu, [3, 3], 0), draw(gpu, [2, 1], 1))).rejects.toThrow(
    'does not fit',
  );
});
