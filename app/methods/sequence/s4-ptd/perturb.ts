/** Perturb, then diagonalize: float64 on the CPU, as the setup of a model is. */
import {
  type Complex,
  type ComplexMatrix,
  complexInverse,
  complexMatmul,
  complexNorm,
} from '../../../math/complex';
import { eigen } from '../../../math/eigen';
import { legs } from '../../../math/hippo';
import { frobenius, type Matrix, matrix } from '../../../math/linalg';
import { singularValues } from '../../../math/svd';
import { normals } from '../../../math/threefry';

export interface Perturbed {
  eps: number;
  /** Which draw was chosen. */
  draw: number;
  /** A + E = W diag(mu) W^-1. */
  mu: Complex;
  w: ComplexMatrix;
  /** W^-1 B. */
  input: Complex;
  /** ||W||_F ||W^-1||_F. */
  kappa: number;
  /** ||E||_2. */
  size: number;
  /** ||W diag(mu) W^-1 - A - E||_F / ||A||_F. */
  backward: number;
}

const spectralNorm = (a: Matrix): number => singularValues(a)[0];

/** The Gaussian direction of draw t: stream t, N x N, over its spectral norm. */
export function direction(seed: number, draw: number, n: number): Matrix {
  const g = matrix(n, n, normals(seed, draw, n * n).map(Math.fround));
  const size = spectralNorm(g);
  return matrix(
    n,
    n,
    g.data.map((x) => x / size),
  );
}

/** A + E with E = G eps ||A||_2 / ||G||_2, diagonalized; null where W has no inverse. */
export function perturbed(n: number, eps: number, draw: number, g: Matrix): Perturbed | null {
  const { a, b } = legs(n);
  const size = eps * spectralNorm(a);
  const sum = matrix(
    n,
    n,
    a.data.map((x, i) => x + size * g.data[i]),
  );
  const { values: mu, vectors: w } = eigen(sum);
  const inverse = complexInverse(w);
  if (!inverse) return null;
  const input = complexMatmul(inverse, { rows: n, cols: 1, re: b, im: new Float64Array(n) });
  const scaled: ComplexMatrix = { rows: n, cols: n, re: w.re.slice(), im: w.im.slice() };
  for (let i = 0; i < n * n; i++) {
    const k = i % n;
    scaled.re[i] = w.re[i] * mu.re[k] - w.im[i] * mu.im[k];
    scaled.im[i] = w.re[i] * mu.im[k] + w.im[i] * mu.re[k];
  }
  const back = complexMatmul(scaled, inverse);
  const difference = { re: back.re.map((x, i) => x - sum.data[i]), im: back.im };
  return {
    eps,
    draw,
    mu,
    w,
    input,
    kappa: complexNorm(w) * complexNorm(inverse),
    size,
    backward: complexNorm(difference) / frobenius(a),
  };
}

/**
 * log10 ||(s - A)^-1||_2 on a grid of s, rows from the top: A is triangular, so each resolvent is two solves a
 * power iteration.
 */
export function pseudospectrum(n: number, re: readonly number[], im: readonly number[]): Float32Array {
  const { a } = legs(n);
  const out = new Float32Array(re.length * im.length);
  im.forEach((y, row) => {
    re.forEach((x, col) => {
      out[row * re.length + col] = Math.log10(resolventNorm(a, x, y));
    });
  });
  return out;
}

/** 1 / sigma_min(s - A) by inverse iteration: four rounds suffice for a picture. */
function resolventNorm({ data, rows: n }: Matrix, x: number, y: number): number {
  const re = new Float64Array(n).fill(1 / Math.sqrt(n));
  const im = new Float64Array(n);
  let size = 0;
  for (let round = 0; round < 4; round++) {
    size = normalize(re, im, () => {
      // (s - A) z = v downwards, then (s - A)^* z = v upwards.
      for (let i = 0; i < n; i++) {
        for (let k = 0; k < i; k++) {
          re[i] += data[i * n + k] * re[k];
          im[i] += data[i * n + k] * im[k];
        }
        divideBy(re, im, i, x - data[i * n + i], y);
      }
      for (let i = n - 1; i >= 0; i--) {
        for (let k = i + 1; k < n; k++) {
          re[i] += data[k * n + i] * re[k];
          im[i] += data[k * n + i] * im[k];
        }
        divideBy(re, im, i, x - data[i * n + i], -y);
      }
    });
  }
  return Math.sqrt(size);
}

function divideBy(re: Float64Array, im: Float64Array, i: number, a: number, b: number): void {
  const below = a * a + b * b || Number.MIN_VALUE;
  [re[i], im[i]] = [(re[i] * a + im[i] * b) / below, (im[i] * a - re[i] * b) / below];
}

function normalize(re: Float64Array, im: Float64Array, step: () => void): number {
  step();
  let size = 0;
  for (let i = 0; i < re.length; i++) size = Math.hypot(size, re[i], im[i]);
  for (let i = 0; i < re.length; i++) {
    re[i] /= size;
    im[i] /= size;
  }
  return size;
}
