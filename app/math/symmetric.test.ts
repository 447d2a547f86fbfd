import { EVD, Matrix as MlMatrix } from 'ml-matrix';
import { expect, test } from 'vitest';
import { frobenius, identity, type Matrix, matmul, matrix, scaleColumns, subtract } from './linalg';
import { orthonormal } from './spectra';
import { symmetricEigen } from './symmetric';
import { normals } from './threefry';

const spectra: Record<string, (i: number, n: number) => number> = {
  indefinite: (i, n) => (i - n / 2) / n,
  opposite: (i) => (i % 2 === 0 ? 1 : -1),
  graded: (i) => (-1) ** i * 10 ** -i,
  low: (i) => (i < 2 ? 1 : 0),
  flat: () => -3,
};

const make = (n: number, kind: string): Matrix => {
  const q = orthonormal(41, 0, n, n);
  const values = Float64Array.from({ length: n }, (_, i) => spectra[kind](i, n));
  const a = matmul(scaleColumns(q, values), q, { transposeB: true });
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a.data[j * n + i] = a.data[i * n + j];
  return a;
};

for (const kind of Object.keys(spectra)) {
  test.each([1, 2, 3, 17, 65])(`decomposes %i rows with ${kind} eigenvalues to 10 n eps`, (n) => {
    const a = make(n, kind);
    const { values, vectors } = symmetricEigen(a);
    const bound = 10 * n * Number.EPSILON;
    const want = Array.from({ length: n }, (_, i) => spectra[kind](i, n)).sort((x, y) => x - y);
    const norm = Math.max(...want.map(Math.abs));
    values.forEach((x, i) => {
      expect(Math.abs(x - want[i])).toBeLessThanOrEqual(bound * norm);
    });
    const loss = frobenius(subtract(matmul(vectors, vectors, { transposeA: true }), identity(n)));
    expect(loss).toBeLessThanOrEqual(bound);
    const product = matmul(scaleColumns(vectors, values), vectors, { transposeB: true });
    expect(frobenius(subtract(product, a))).toBeLessThanOrEqual(bound * frobenius(a));
  });
}

test('agrees with ml-matrix, smallest first, and reads the lower triangle alone', () => {
  const n = 40;
  const x = normals(42, 0, n * n);
  const a = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) a.data[i * n + j] = a.data[j * n + i] = x[i * n + j];
  }
  const full = Array.from({ length: n }, (_, i) => Array.from(a.data.subarray(i * n, (i + 1) * n)));
  const want = new EVD(new MlMatrix(full), { assumeSymmetric: true }).realEigenvalues.sort((p, q) => p - q);
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) a.data[i * n + j] = NaN;
  expect(() => symmetricEigen(a)).toThrow('is NaN');
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) a.data[i * n + j] = 7;
  symmetricEigen(a).values.forEach((value, i) => {
    expect(value).toBeCloseTo(want[i], 11);
  });
});

test('refuses what is not square', () => {
  expect(() => symmetricEigen(matrix(2, 3))).toThrow('2 x 3 is not square');
});
