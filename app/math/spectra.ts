/**
 * Matrices with a prescribed spectrum: A = U diag(s) V^T, U and V the thin Q factors of Gaussian m x k and
 * n x k matrices, k = min(m, n), columns signed so that diag(R) > 0. Nothing here depends on the engine (exp
 * and log are those of fdlibm.ts), so a seed means the same matrix bit for bit on every machine.
 */
import { UserError } from './errors';
import { exp, log } from './fdlibm';
import { compose, type Matrix, matrix } from './linalg';
import { qr } from './qr';
import { SPECTRA, type SpectrumKind } from './spectrumkinds';
import { normals } from './threefry';

export { SPECTRA, type SpectrumKind };

export interface SpectrumShape {
  /** exp: s_i = exp(-rate i) */
  readonly rate?: number;
  /** power: s_i = (i + 1)^-alpha */
  readonly alpha?: number;
  /** step: the value after the ones */
  readonly noise?: number;
  /** step: the number of ones */
  readonly stepRank?: number;
}

/**
 * k singular values, s_0 first, none larger than the one before. Defaults: rate 0.05, alpha 1, noise 0.01,
 * stepRank 8.
 */
export function spectrum(
  kind: SpectrumKind,
  k: number,
  { rate = 0.05, alpha = 1, noise = 0.01, stepRank = 8 }: SpectrumShape = {},
): Float64Array {
  for (const [name, value] of Object.entries({ rate, alpha, noise, stepRank })) {
    if (!(value >= 0 && value < Infinity))
      throw new UserError(`spectrum: ${name} = ${value} must be 0 or more`);
  }
  if (noise > 1)
    throw new UserError(`spectrum: noise = ${noise} is above the ones of the step: choose 1 or less`);
  const s = new Float64Array(k);
  for (let i = 0; i < k; i++) s[i] = value(i);
  return s;

  function value(i: number): number {
    switch (kind) {
      case 'exp':
        return exp(-rate * i);
      case 'power':
        return exp(-alpha * log(i + 1));
      case 'step':
        return i < stepRank ? 1 : noise;
      case 'flat':
        return 1;
      default:
        throw new UserError(`spectrum: "${kind satisfies never}" is none of ${SPECTRA.join(', ')}`);
    }
  }
}

/**
 * Draws an m x n matrix with singular values `sigma`, or those of `kind`. U is drawn from the first stream,
 * V from the second. Float64: round to float32 where that is wanted. A 512 x 384 one takes 0.35 s.
 */
export function testMatrix(
  seed: number,
  options:
    | { m: number; n: number; sigma: Float64Array }
    | ({ m: number; n: number; kind: SpectrumKind } & SpectrumShape),
  streams: readonly [number, number] = [0, 1],
): { a: Matrix; sigma: Float64Array; u: Matrix; v: Matrix } {
  const { m, n } = options;
  const k = Math.min(m, n);
  const sigma = 'sigma' in options ? options.sigma : spectrum(options.kind, k, options);
  if (sigma.length !== k) {
    throw new RangeError(`testMatrix: ${sigma.length} singular values for ${m} x ${n}, which has ${k}`);
  }
  const u = orthonormal(seed, streams[0], m, k);
  const v = orthonormal(seed, streams[1], n, k);
  return { a: compose(u, sigma, v), sigma, u, v };
}

/** A rows x cols matrix with orthonormal columns, uniformly distributed; rows >= cols. */
export function orthonormal(seed: number, stream: number, rows: number, cols: number): Matrix {
  return qr(matrix(rows, cols, normals(seed, stream, rows * cols))).q;
}
