/**
 * The matmul testbed: two batches of operands, their product in float64, and how far a kernel's product is
 * from it. Operands are rounded to float32 before anything else; A is stream 0, B stream 1, in stored shape.
 */
import type { Variant } from '../kernels/gemm_variants';
import { integers, normals, uniforms } from '../math/threefry';

/** The kernels that are compared, in the order of the card. */
export const KERNELS = [
  'naive',
  'tiled',
  'register',
  'subgroup',
  'splitk',
  'f16',
] as const satisfies readonly Variant[];

export type Layout = 'nn' | 'nt' | 'tn';
export type Entries = 'gaussian' | 'uniform' | 'integer';

export interface ProductShape {
  m: number;
  n: number;
  k: number;
  count: number;
  layout: Layout;
}

export interface Strides {
  aRow: number;
  aCol: number;
  bRow: number;
  bCol: number;
}

/** Entries between neighbours of op(A) (m x k) and op(B) (k x n) as they are stored, row-major. */
export function stridesOf({ m, n, k, layout }: ProductShape): Strides {
  const [aRow, aCol] = layout === 'tn' ? [1, m] : [k, 1];
  const [bRow, bCol] = layout === 'nt' ? [1, k] : [n, 1];
  return { aRow, aCol, bRow, bCol };
}

/** u = 2^-24, the unit roundoff of float32; u16 that of float16. */
export const U = 2 ** -24;
export const U16 = 2 ** -11;

/** gamma_k = k u / (1 - k u). Higham 2002, lemma 3.1. */
export const gamma = (k: number): number => (k * U) / (1 - k * U);

/** The stored operands, float32. */
export function operands(
  seed: number,
  shape: ProductShape,
  data: Entries,
): { a: Float32Array; b: Float32Array } {
  const draw = (stream: number, size: number): Float32Array => {
    if (data === 'gaussian') return Float32Array.from(normals(seed, stream, size));
    if (data === 'uniform') return Float32Array.from(uniforms(seed, stream, size));
    return Float32Array.from(integers(seed, stream, size, 17), (value) => value - 8);
  };
  const { m, n, k, count } = shape;
  return { a: draw(0, count * m * k), b: draw(1, count * k * n) };
}

export interface Reference {
  /** Rows of op(A) covered, the same for each batch entry. */
  rows: readonly number[];
  /** count x rows x n. */
  product: Float64Array;
  /** |op(A)| |op(B)|, same shape. */
  absolute: Float64Array;
  /** norm_F over the covered rows. */
  norm: number;
}

/** Above this many products the reference covers at most 64 rows of op(A). */
export const FULL_REFERENCE = 2 ** 28;

export function reference(a: ArrayLike<number>, b: ArrayLike<number>, shape: ProductShape): Reference {
  const { m, n, k, count } = shape;
  const { aRow, aCol, bRow, bCol } = stridesOf(shape);
  const s = m * n * k * count > FULL_REFERENCE ? Math.min(m, 64) : m;
  const rows = Array.from({ length: s }, (_, j) => Math.floor((j * m) / s));
  const product = new Float64Array(count * s * n);
  const absolute = new Float64Array(product.length);
  for (let item = 0; item < count; item++) {
    rows.forEach((row, i) => {
      const out = (item * s + i) * n;
      for (let t = 0; t < k; t++) {
        const x = a[item * m * k + row * aRow + t * aCol];
        const at = item * k * n + t * bRow;
        for (let j = 0; j < n; j++) {
          const y = x * b[at + j * bCol];
          product[out + j] += y;
          absolute[out + j] += Math.abs(y);
        }
      }
    });
  }
  return { rows, product, absolute, norm: norm(product) };
}

export interface Distance {
  /** norm_F(C^ - C) / norm_F(C), or norm_F(C^ - C) where C = 0. */
  error: number;
  /** Largest |C^ - C| / (|A||B|); entries with |A||B| = 0 must be exact. */
  worst: number;
  /** |C^ - C|, covered rows of the first batch entry. */
  entries: Float32Array;
}

/** How far a product (count x m x n) is from the reference. */
export function distance(got: ArrayLike<number>, want: Reference, { m, n, count }: ProductShape): Distance {
  const s = want.rows.length;
  const entries = new Float32Array(s * n);
  let sum = 0;
  let worst = 0;
  for (let e = 0; e < count * s * n; e++) {
    const item = Math.floor(e / (s * n));
    const row = want.rows[Math.floor(e / n) % s];
    const gap = Math.abs(got[(item * m + row) * n + (e % n)] - want.product[e]);
    sum += gap * gap;
    const ratio = gap === 0 ? 0 : gap / want.absolute[e];
    if (!(ratio <= worst)) worst = ratio;
    if (item === 0) entries[e] = gap;
  }
  return { error: Math.sqrt(sum) / (want.norm || 1), worst, entries };
}

/** norm_F(x - y). */
export function difference(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] - y[i]) ** 2;
  return Math.sqrt(sum);
}

function norm(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
