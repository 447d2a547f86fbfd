import { describe, expect, test } from 'vitest';
import { complexInverse, complexMatmul, complexMatrix, complexNorm } from './complex';
import { eigen, skewEigen } from './eigen';
import {
  adjointTimes,
  eigenvectorSize,
  legendreBasis,
  legs,
  legsEigenvectors,
  legsLowRank,
  legsNormalForm,
} from './hippo';
import { frobenius, matmul, matrix, scaleColumns, subtract, transpose } from './linalg';
import { solveLinear } from './lu';
import { bilinear, bilinearModes, matrixPower, modeKernel, modePowers, zohModes } from './statespace';
import { normals } from './threefry';

const EPS = 2 ** -52;
const SIZES = [1, 2, 3, 8, 17, 64];
const gaussian = (n: number, cols = n) => matrix(n, cols, normals(5, 0, n * cols));

describe('complex', () => {
  test.each(SIZES)('A times its inverse is I at n = %i', (n) => {
    const a = { ...complexMatrix(n, n), re: normals(1, 0, n * n), im: normals(1, 1, n * n) };
    const inverse = complexInverse(a)!;
    const product = complexMatmul(a, inverse);
    for (let i = 0; i < n; i++) product.re[i * (n + 1)] -= 1;
    expect(complexNorm(product)).toBeLessThanOrEqual(10 * n * EPS * complexNorm(a) * complexNorm(inverse));
  });

  test('a singular matrix has no inverse', () => {
    expect(complexInverse(complexMatrix(3, 3))).toBeNull();
  });
});

test.each(SIZES)('solveLinear leaves a residual of rounding size at n = %i', (n) => {
  const [a, b] = [gaussian(n), matrix(n, 2, normals(6, 0, 2 * n))];
  const x = solveLinear(a, b);
  expect(frobenius(subtract(matmul(a, x), b))).toBeLessThanOrEqual(
    10 * n * EPS * frobenius(a) * frobenius(x),
  );
});

describe('eigen', () => {
  test.each(SIZES)('A w = mu w for a random matrix of size %i, and for HiPPO', (n) => {
    for (const a of [gaussian(n), legs(n).a]) {
      const { values, vectors } = eigen(a);
      const left = complexMatmul({ rows: n, cols: n, re: a.data, im: new Float64Array(n * n) }, vectors);
      for (let j = 0; j < n; j++) {
        let error = 0;
        let size = 0;
        for (let i = 0; i < n; i++) {
          const [x, y] = [vectors.re[i * n + j], vectors.im[i * n + j]];
          const [p, q] = [values.re[j], values.im[j]];
          error = Math.hypot(error, left.re[i * n + j] - x * p + y * q, left.im[i * n + j] - x * q - y * p);
          size = Math.hypot(size, x, y);
        }
        expect(size).toBeCloseTo(1, 12);
        expect(error).toBeLessThanOrEqual(20 * n * EPS * frobenius(a));
      }
    }
  });

  test.each(SIZES)('S v = i w v with orthonormal vectors for a skew matrix of size %i', (n) => {
    const g = gaussian(n);
    const s = subtract(g, transpose(g));
    const { w, vectors: v } = skewEigen(s);
    expect(w.length).toBe(Math.ceil(n / 2));
    const re = matrix(n, v.cols, v.re);
    const im = matrix(n, v.cols, v.im);
    const bound = 50 * n * EPS * Math.max(1, frobenius(s));
    expect(
      frobenius(
        subtract(
          matmul(s, re),
          scaleColumns(
            im,
            w.map((x) => -x),
          ),
        ),
      ),
    ).toBeLessThanOrEqual(bound);
    expect(frobenius(subtract(matmul(s, im), scaleColumns(re, w)))).toBeLessThanOrEqual(bound);
    const full = complexMatrix(n, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const conjugate = j >= v.cols;
        const at = i * v.cols + (conjugate ? j - v.cols : j);
        full.re[i * n + j] = v.re[at];
        full.im[i * n + j] = conjugate ? -v.im[at] : v.im[at];
      }
    }
    const adjoint = {
      rows: n,
      cols: n,
      re: transpose(matrix(n, n, full.re)).data,
      im: transpose(
        matrix(
          n,
          n,
          full.im.map((x) => -x),
        ),
      ).data,
    };
    const gram = complexMatmul(adjoint, full);
    for (let i = 0; i < n; i++) gram.re[i * (n + 1)] -= 1;
    expect(complexNorm(gram)).toBeLessThanOrEqual(50 * n * EPS);
  });
});

describe('hippo', () => {
  test('the eigenvectors of LegS belong to -1 .. -N and grow as 2^(4N/3)', () => {
    const n = 12;
    const { a } = legs(n);
    const w = legsEigenvectors(n);
    const poles = Array.from({ length: n }, (_, j) => -(j + 1));
    expect(frobenius(subtract(matmul(a, w), scaleColumns(w, poles)))).toBeLessThanOrEqual(
      n * n * EPS * frobenius(a) * frobenius(w),
    );
    expect(eigenvectorSize(64) / ((4 * 64) / 3)).toBeCloseTo(Math.log10(2), 1);
  });

  test.each([2, 3, 16, 65])('A = V diag(lam) V^* - P P^T at N = %i', (n) => {
    const { w, v, share } = legsNormalForm(n);
    const sum = matrix(n, n);
    const p = legsLowRank(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        for (let k = 0; k < v.cols; k++) {
          const [a, b, c, d] = [
            v.re[i * v.cols + k],
            v.im[i * v.cols + k],
            v.re[j * v.cols + k],
            v.im[j * v.cols + k],
          ];
          sum.data[i * n + j] += 2 * share[k] * (-0.5 * (a * c + b * d) - w[k] * (b * c - a * d));
        }
        sum.data[i * n + j] -= p[i] * p[j];
      }
    }
    expect(frobenius(subtract(sum, legs(n).a))).toBeLessThanOrEqual(100 * n * EPS * frobenius(legs(n).a));
  });

  test('the transfer function of the normal part is that of LegS over 1 + T', () => {
    const n = 8;
    const form = legsNormalForm(n);
    const half = adjointTimes(
      form,
      legs(n).b.map((x) => x / 2),
    );
    // At s = 1, T = (1 - 0)(1 - 1) ... = 0, so both agree.
    const response = new Float64Array(n);
    for (let k = 0; k < form.w.length; k++) {
      const [re, im] = [1.5, -form.w[k]];
      const d = re * re + im * im;
      const x = (half.re[k] * re + half.im[k] * im) / d;
      const y = (half.im[k] * re - half.re[k] * im) / d;
      for (let i = 0; i < n; i++) {
        response[i] += 2 * (form.v.re[i * form.w.length + k] * x - form.v.im[i * form.w.length + k] * y);
      }
    }
    // R_n(1) = sqrt(2n+1) prod (s - j + 1)/(s + j + 1): zero from n = 2 on.
    response.forEach((value, i) => {
      expect(value).toBeCloseTo([1 / 2, Math.sqrt(3) / 6, 0][Math.min(i, 2)], 12);
    });
  });

  test('the Legendre functions are orthonormal for the weight e^t of their decaying form', () => {
    const [dt, steps, n] = [1 / 512, 16384, 6];
    const basis = legendreBasis(
      Array.from({ length: steps }, (_, j) => (j + 0.5) * dt),
      n,
    );
    for (let a = 0; a < n; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let j = 0; j < steps; j++)
          sum += basis[j * n + a] * basis[j * n + b] * Math.exp(-(j + 0.5) * dt) * dt;
        expect(sum).toBeCloseTo(a === b ? 1 : 0, 3);
      }
    }
  });

  test('the Legendre functions are exact where they are known: t = 0, large t, and P_2', () => {
    expect([...legendreBasis([0], 4)]).toEqual([1, 3, 5, 7].map(Math.sqrt));
    legendreBasis([800], 4).forEach((x, n) => {
      expect(x).toBeCloseTo((n % 2 === 0 ? 1 : -1) * Math.sqrt(2 * n + 1), 14);
    });
    const z = 2 * Math.exp(-0.3) - 1;
    expect(legendreBasis([0.3], 3)[2]).toBeCloseTo(Math.sqrt(5) * ((3 * z * z - 1) / 2), 14);
  });
});

describe('discrete time', () => {
  test('the bilinear rule keeps A a contraction and agrees with its diagonal form', () => {
    const dt = 1 / 64;
    const { a, b } = bilinear(legs(1), dt);
    const modes = bilinearModes(
      { re: Float64Array.of(-1), im: Float64Array.of(0) },
      { re: Float64Array.of(1), im: Float64Array.of(0) },
      dt,
    );
    expect(a.data[0]).toBeCloseTo(modes.a.re[0], 15);
    expect(b[0]).toBeCloseTo(modes.b.re[0], 15);
  });

  test('zero-order hold has the limit dt B at lam = 0, and no cancellation near it', () => {
    const one = { re: Float64Array.of(1, 1), im: new Float64Array(2) };
    const { b } = zohModes({ re: Float64Array.of(0, -1e-9), im: new Float64Array(2) }, one, 0.5);
    expect(b.re[0]).toBe(0.5);
    expect(Math.abs(b.re[1] - 0.5 * (1 - 2.5e-10))).toBeLessThanOrEqual(2 * EPS);
  });

  test('powers of matrices and modes agree with products', () => {
    const a = gaussian(5);
    const seventh = [1, 2, 3, 4, 5, 6].reduce((product) => matmul(product, a), a);
    expect(frobenius(subtract(matrixPower(a, 7), seventh))).toBeLessThanOrEqual(
      50 * EPS * frobenius(seventh),
    );
    const z = { re: Float64Array.of(0.9), im: Float64Array.of(0.3) };
    const p = modePowers(z, 10);
    const kernel = modeKernel(
      { re: Float64Array.of(1), im: Float64Array.of(0) },
      { a: z, b: { re: Float64Array.of(1), im: Float64Array.of(0) } },
      11,
    );
    expect(p.re[0]).toBeCloseTo(kernel[10], 14);
  });
});
