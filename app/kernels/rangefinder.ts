/**
 * Low-rank approximation from products with a thin random matrix (Halko, Martinsson, Tropp 2011; Musco, Musco
 * 2015; Tropp, Yurtsever, Udell, Cevher 2017; Yu, Gu, Li 2018). Compositions of operations, so they run in
 * either home. Shapes: A m x n, basis Q m x l with orthonormal columns, B = Q^T A l x n.
 */
import { colsOf, rowsOf, type Tensor } from '../gpu/home';
import { axpby, scaleColumns } from './elementwise';
import { matmul } from './matmul';
import { orthonormalize } from './qr';
import { frobenius } from './reduce';
import { columns, concatColumns, concatRows, copy, rows } from './slice';
import { triangleSvd } from './svd';
import { transpose } from './transpose';
import { solveTriangular } from './triangular';

/** A ~ us vt, with us = U diag(sigma) (m x r) and vt = V^T (r x n). */
export interface Factors {
  us: Tensor;
  vt: Tensor;
  sigma: Float64Array;
}

const T = { transposeA: true } as const;

async function orth(y: Tensor): Promise<Tensor> {
  return (await orthonormalize(y)).q;
}

/** X minus its projection on the columns of Q. */
async function deflate(x: Tensor, q: Tensor, coefficients?: Tensor): Promise<Tensor> {
  const c = coefficients ?? (await matmul(q, x, T));
  return matmul(q, c, { into: await copy(x), alpha: -1, beta: 1 });
}

/** Orthonormal basis of (A A^T)^power Y; without `reorth` nothing is orthonormalized between the powers. */
export async function powerBasis(a: Tensor, y: Tensor, power: number, reorth = true): Promise<Tensor> {
  return a.home.scope(async () => {
    let basis = reorth ? await orth(y) : y;
    for (let i = 0; i < power; i++) {
      const z = await matmul(a, basis, T);
      basis = await matmul(a, reorth ? await orth(z) : z);
      if (reorth) basis = await orth(basis);
    }
    return reorth ? basis : orth(basis);
  });
}

/** Orthonormal basis of span[Y, (A A^T) Y, ..., (A A^T)^power Y], at most min(m, n) columns. */
export async function krylovBasis(a: Tensor, y: Tensor, power: number): Promise<Tensor> {
  return a.home.scope(async () => {
    const limit = Math.min(rowsOf(a), colsOf(a));
    let block = await orth(y);
    let basis = block;
    for (let i = 0; i < power && colsOf(basis) < limit; i++) {
      let z = await matmul(a, await matmul(a, block, T));
      const room = limit - colsOf(basis);
      if (colsOf(z) > room) z = await columns(z, 0, room);
      // Thrice: at rounding level a block is still far from orthogonal to the others after two.
      for (let pass = 0; pass < 3; pass++) z = await orth(await deflate(z, basis));
      block = z;
      basis = await concatColumns([basis, block]);
    }
    return basis;
  });
}

/** SVD of a wide B (l x n) from the QR of B^T: B = (u diag(sigma)) vt with u l x l. */
export async function wideSvd(b: Tensor): Promise<{ u: Tensor; sigma: Float64Array; vt: Tensor }> {
  const { home } = b;
  return home.scope(async () => {
    const { q, r } = await orthonormalize(await transpose(b));
    // B = R^T Q^T and R = vt^T S ut, so B = ut^T S (Q vt^T)^T.
    const { ut, s, vt } = await triangleSvd(r);
    return {
      u: await transpose(ut),
      sigma: Float64Array.from(await home.read(s)),
      vt: await matmul(vt, q, { transposeB: true }),
    };
  });
}

/** Q [B]_rank as factors, the best rank-k approximation within the range of Q. */
export async function truncate(q: Tensor, b: Tensor, rank: number): Promise<Factors> {
  return q.home.scope(async () => {
    const { u, sigma, vt } = await wideSvd(b);
    const kept = sigma.slice(0, rank);
    const us = await scaleColumns(await columns(u, 0, kept.length), q.home.tensor([kept.length], kept));
    return { us: await matmul(q, us), vt: await rows(vt, 0, kept.length), sigma: kept };
  });
}

/** Q [Q^T A]_rank. */
export async function project(a: Tensor, q: Tensor, rank: number): Promise<Factors> {
  return a.home.scope(async () => truncate(q, await matmul(q, a, T), rank));
}

/** The first `rank` of the factors multiplied out. */
export async function reconstruct({ us, vt }: Factors, rank = colsOf(us)): Promise<Tensor> {
  if (rank === colsOf(us)) return matmul(us, vt);
  return us.home.scope(async () => matmul(await columns(us, 0, rank), await rows(vt, 0, rank)));
}

/** A - U S V^T, formed: |A|^2 - |A_k|^2 would cancel below 3e-4 |A| in float32. */
export async function residual(a: Tensor, { us, vt }: Factors): Promise<Tensor> {
  return matmul(us, vt, { into: await copy(a), alpha: -1, beta: 1 });
}

export interface SinglePass {
  factors: Factors;
  /** Factors before truncation to the rank: A~ = Q X. */
  q: Tensor;
  x: Tensor;
  /** |W - Psi A|_F / |W|_F: what summing up the chunks costs. */
  difference: number;
}

/** Two sketches gathered from row blocks of A seen once each; omega n x k_s, psi l_s x m. */
export async function singlePass(
  a: Tensor,
  omega: Tensor,
  psi: Tensor,
  chunks: number,
  rank: number,
): Promise<SinglePass> {
  const { home } = a;
  return home.scope(async () => {
    const m = rowsOf(a);
    const parts: Tensor[] = [];
    let w = home.tensor([rowsOf(psi), colsOf(a)]);
    for (let c = 0; c < chunks; c++) {
      const [from, to] = [Math.floor((m * c) / chunks), Math.floor((m * (c + 1)) / chunks)];
      const block = await rows(a, from, to);
      parts.push(await matmul(block, omega));
      w = await matmul(await columns(psi, from, to), block, { into: w, beta: 1 });
    }
    const q = await orth(await concatRows(parts));
    const { q: u, r: t } = await orthonormalize(await matmul(psi, q));
    const x = await solveTriangular(t, await matmul(u, w, T));
    const whole = await matmul(psi, a);
    const norm = await frobenius(w);
    const difference = norm === 0 ? 0 : (await frobenius(await axpby(1, w, -1, whole))) / norm;
    return { factors: await truncate(q, x, rank), q, x, difference };
  });
}

export interface Adaptive {
  factors: Factors;
  /** Columns of the basis before truncation. */
  width: number;
  /** sqrt(E) / |A|_F after each block, and the columns then. */
  indicator: { columns: number; error: number }[];
}

/**
 * Blocks of columns until E <= tol^2 |A|_F^2, then the smallest rank within the tolerance (Yu, Gu, Li 2018).
 * E is a difference of squares, kept in float64 on the host; with float32 products it is good to tol >= 1e-3.
 */
export async function adaptiveBasis(
  a: Tensor,
  omega: Tensor,
  options: { tol: number; block: number; power: number; step?: (error: number) => Promise<void> },
): Promise<Adaptive> {
  const { home } = a;
  const { tol, block, power } = options;
  return home.scope(async () => {
    const limit = Math.min(rowsOf(a), colsOf(a));
    const total = (await frobenius(a)) ** 2;
    let e = total;
    let q: Tensor | null = null;
    let b: Tensor | null = null;
    const indicator: Adaptive['indicator'] = [];
    while ((q ? colsOf(q) : 0) < limit && (q === null || e > tol ** 2 * total)) {
      const at = q ? colsOf(q) : 0;
      const width = Math.min(block, limit - at);
      const sketch = await columns(omega, at, at + width);
      let y = await matmul(a, sketch);
      if (q && b) y = await deflate(y, q, await matmul(b, sketch));
      let qi = await orth(y);
      for (let i = 0; i < power; i++) {
        let z = await matmul(a, qi, T);
        if (q && b)
          z = await matmul(b, await matmul(q, qi, T), { transposeA: true, into: z, alpha: -1, beta: 1 });
        z = await orth(z);
        let next = await matmul(a, z);
        if (q && b) next = await deflate(next, q, await matmul(b, z));
        qi = await orth(next);
      }
      if (q) qi = await orth(await deflate(qi, q));
      const bi = await matmul(qi, a, T);
      e -= (await frobenius(bi)) ** 2;
      q = q ? await concatColumns([q, qi]) : qi;
      b = b ? await concatRows([b, bi]) : bi;
      const error = Math.sqrt(Math.max(0, e) / (total || 1));
      indicator.push({ columns: colsOf(q), error });
      await options.step?.(error);
    }
    if (!q || !b) throw new Error('adaptiveBasis: an empty matrix');
    const { u, sigma, vt } = await wideSvd(b);
    let rank = sigma.length;
    for (let tail = Math.max(0, e); rank > 0; rank--) {
      tail += sigma[rank - 1] ** 2;
      if (tail > tol ** 2 * total) break;
    }
    const kept = sigma.slice(0, rank);
    const us = rank === 0 ? null : await scaleColumns(await columns(u, 0, rank), home.tensor([rank], kept));
    const factors: Factors = us
      ? { us: await matmul(q, us), vt: await rows(vt, 0, rank), sigma: kept }
      : { us: home.tensor([rowsOf(a), 1]), vt: home.tensor([1, colsOf(a)]), sigma: kept };
    return { factors, width: colsOf(q), indicator };
  });
}
