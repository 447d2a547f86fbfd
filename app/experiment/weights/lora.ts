/** LoRA files: which tensors are pairs of factors, the spectrum of their product, and pairs of a smaller rank. */
import { columns, type Matrix, matmul, matrix, scaleColumns, transpose } from '../../math/linalg';
import { qr } from '../../math/qr';
import { svd } from '../../math/svd';

/** Names of the factors of one change dW = scale B A, B m x r and A r x n. */
export interface Pair {
  /** The layer: what the names have in common. */
  base: string;
  a: string;
  b: string;
  /** A scalar that some trainers store: scale = alpha / r. */
  alpha?: string;
}

/** How trainers name the two factors: PEFT, kohya, diffusers. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^(.*)\.lora_A((?:\.\w+)?\.weight)$/, '$1.lora_B$2'],
  [/^(.*)\.lora_down((?:\.\w+)?\.weight)$/, '$1.lora_up$2'],
  [/^(.*)\.lora\.down(\.weight)$/, '$1.lora.up$2'],
];

interface Entry {
  name: string;
  shape: readonly number[];
}

const folded = ([first = 1, ...rest]: readonly number[]): [number, number] => [
  first,
  rest.reduce((a, b) => a * b, 1),
];

/** The pairs whose shapes fit, in the order of the file. */
export function findPairs(tensors: readonly Entry[]): Pair[] {
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  return tensors.flatMap(({ name, shape }): Pair[] => {
    for (const [pattern, other] of NAMES) {
      const found = pattern.exec(name);
      if (!found) continue;
      const b = name.replace(pattern, other);
      const up = shapes.get(b);
      if (!up || folded(up)[1] !== folded(shape)[0]) continue;
      const alpha = `${found[1]}.alpha`;
      return [{ base: found[1], a: name, b, ...(shapes.has(alpha) ? { alpha } : {}) }];
    }
    return [];
  });
}

/** B A = left diag(sigma) right^T, thin: r columns. The m x n product is never formed. */
export interface Factored {
  left: Matrix;
  sigma: Float64Array;
  right: Matrix;
}

/** From QR of B and of A^T, and the SVD of the r x r matrix R_B R_A^T between them. */
export function factorProduct(b: Matrix, a: Matrix): Factored {
  const [qb, qa] = [thin(b), thin(transpose(a))];
  const { u, s, v } = svd(matmul(qb.r, qa.r, { transposeB: true }));
  return { left: matmul(qb.q, u), sigma: s, right: matmul(qa.q, v) };
}

/** QR also of a matrix that is wider than tall: Q is then square. */
function thin(a: Matrix): { q: Matrix; r: Matrix } {
  if (a.rows >= a.cols) return qr(a);
  const q = qr(matrix(a.rows, a.rows, columns(a, 0, a.rows).data)).q;
  return { q, r: matmul(q, a, { transposeA: true }) };
}

/** Factors of the best approximation of B A at this rank, the singular values shared between them. */
export function resized({ left, sigma, right }: Factored, rank: number): { b: Matrix; a: Matrix } {
  const root = sigma.slice(0, rank).map(Math.sqrt);
  return {
    b: scaleColumns(columns(left, 0, rank), root),
    a: transpose(scaleColumns(columns(right, 0, rank), root)),
  };
}

/** The smallest rank that keeps this share of ||B A||_F^2. At least 1. */
export function rankFor(sigma: ArrayLike<number>, energy: number): number {
  let total = 0;
  for (let i = 0; i < sigma.length; i++) total += sigma[i] ** 2;
  let sum = 0;
  for (let i = 0; i < sigma.length; i++) {
    sum += sigma[i] ** 2;
    if (sum >= energy * total * (1 - 1e-12)) return i + 1;
  }
  return Math.max(1, sigma.length);
}
