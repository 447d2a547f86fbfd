/** The schemes that are compared on the matrix testbed, and what is measured on each. */
import type { Home, Tensor } from '../gpu/home';
import { matmul } from '../kernels/matmul';
import { choleskyQr, householderQr, orthonormalize } from '../kernels/qr';
import { normal } from '../kernels/random';
import { type Factors, krylovBasis, powerBasis, project, singlePass } from '../kernels/rangefinder';
import { sketchGaussian, sketchSparse, sketchSrht } from '../kernels/sketch';
import { testMatrix } from '../math/spectra';
import type { MatrixBed } from './matrix';
import type { Scheme } from './schemes';

export interface SchemeOptions {
  seed: number;
  rank: number;
  /** l = min(rank + oversample, m, n) */
  width: number;
  power: number;
  reorth: boolean;
  chunks: number;
}

/** True where the two sketches of the single pass fit: 2k + 1 <= n and 4k + 3 <= m. */
export const streamFits = ({ rows, cols }: { rows: number; cols: number }, rank: number): boolean =>
  2 * rank + 1 <= cols && 4 * rank + 3 <= rows;

/** Streams 7 and 8: Omega_s (n x (2k + 1)) and Psi ((4k + 3) x m). */
export async function streamPass({ a, rows, cols }: MatrixBed, { seed, rank, chunks }: SchemeOptions) {
  const { home } = a;
  const omega = await normal(home, [cols, 2 * rank + 1], seed, 7);
  const psi = await normal(home, [4 * rank + 3, rows], seed, 8);
  return singlePass(a, omega, psi, chunks, rank);
}

/** The basis Q of a scheme (all but the single pass). */
export async function basisOf(
  bed: MatrixBed,
  scheme: Exclude<Scheme, 'stream'>,
  options: SchemeOptions,
): Promise<Tensor> {
  const { seed, width, power, reorth } = options;
  const { a } = bed;
  return a.home.scope(async () => {
    switch (scheme) {
      case 'rsvd0':
        return powerBasis(a, await sketchGaussian(a, width, seed, 2), 0);
      case 'rsvd':
        return powerBasis(a, await sketchGaussian(a, width, seed, 2), power, reorth);
      case 'sparse':
        return powerBasis(a, await sketchSparse(a, width, seed, [3, 4]), 0);
      case 'srht':
        return powerBasis(a, await sketchSrht(a, width, seed, [5, 6]), 0);
      case 'krylov':
        return krylovBasis(a, await sketchGaussian(a, width, seed, 2), power);
      default:
        return scheme satisfies never;
    }
  });
}

/** The rank-k factors of a scheme. */
export async function approximate(bed: MatrixBed, scheme: Scheme, options: SchemeOptions): Promise<Factors> {
  return bed.a.home.scope(async () => {
    if (scheme === 'stream') return (await streamPass(bed, options)).factors;
    return project(bed.a, await basisOf(bed, scheme, options), options.rank);
  });
}

/** Floating-point operations of a scheme: its products with A, orthonormalizations and small factorization. */
export function schemeFlop(
  scheme: Scheme,
  { rows: m, cols: n }: { rows: number; cols: number },
  o: SchemeOptions,
): number {
  const l = o.width;
  const pass = 2 * m * n * l;
  const orth = 4 * l ** 2;
  const finish = pass + orth * n + 2 * m * l * o.rank;
  switch (scheme) {
    case 'rsvd':
      return pass * (1 + 2 * o.power) + orth * (m + o.power * (m + n)) + finish;
    case 'krylov': {
      const wide = (o.power + 1) * l;
      return pass * (1 + 2 * o.power) + 4 * wide ** 2 * m + 2 * m * n * wide + 4 * wide ** 2 * n;
    }
    case 'sparse':
      return 2 * m * n * Math.min(8, l) + orth * m + finish;
    case 'srht':
      return m * n * Math.ceil(Math.log2(n)) + orth * m + finish;
    case 'stream': {
      const k = 2 * o.rank + 1;
      const w = 2 * k + 1;
      return 2 * m * n * (k + w) + 4 * m * k ** 2 + 4 * n * k ** 2;
    }
    default:
      return pass + orth * m + finish;
  }
}

/** |Q^T Q - I|_F, the identity subtracted in float64. */
export async function orthogonalityError(q: Tensor): Promise<number> {
  return q.home.scope(async () => {
    const gram = await q.home.read(await matmul(q, q, { transposeA: true }));
    const l = Math.round(Math.sqrt(gram.length));
    let sum = 0;
    for (let i = 0; i < gram.length; i++) sum += (gram[i] - (i % (l + 1) === 0 ? 1 : 0)) ** 2;
    return Math.sqrt(sum);
  });
}

export interface Orthonormalizations {
  cholqr: number;
  cholqr2: number;
  householder: number;
  fallback: number;
}

/** The three orthonormalizations on an m x l matrix of this condition number (streams 10, 11). */
export async function compareOrthonormalizations(
  home: Home,
  seed: number,
  [m, l]: readonly [number, number],
  cond: number,
): Promise<Orthonormalizations> {
  return home.scope(async () => {
    const sigma = Float64Array.from({ length: l }, (_, i) => cond ** (l === 1 ? 0 : -i / (l - 1)));
    const y = home.tensor([m, l], testMatrix(seed, { m, n: l, sigma }, [10, 11]).a.data);
    const once = await choleskyQr(y);
    const twice = await orthonormalize(y);
    const reflections = await householderQr(y);
    return {
      cholqr: once.ok ? await orthogonalityError(once.q) : Number.POSITIVE_INFINITY,
      cholqr2: await orthogonalityError(twice.q),
      householder: await orthogonalityError(reflections.q),
      fallback: twice.fallback,
    };
  });
}
