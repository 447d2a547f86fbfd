/**
 * The two halves of the singular value decomposition of a square matrix (Golub and Kahan 1965): reflections
 * from both sides make it upper bidiagonal, then implicitly shifted QR makes that diagonal. Orthogonal
 * transformations only, so singular values are good to a small multiple of n eps sigma_1 and the factors are
 * orthonormal whatever the rank. Entries should be of order one: svd.ts scales them.
 */
import { axpy } from './gemm';
import { accumulate, reflector } from './reflections';

export interface Bidiagonal {
  /** Diagonal, n long. */
  readonly d: Float64Array;
  /** Superdiagonal, n long; the last entry is zero. */
  readonly e: Float64Array;
}

/** Orthogonal factors, each transposed and n x n, with A = U B V^T. */
export interface Factors {
  readonly ut: Float64Array;
  readonly vt: Float64Array;
}

/** The reflections from the left and from the right, v_k in row k, as accumulate() reads them. */
export interface Reflections {
  readonly left: Float64Array;
  readonly leftTau: Float64Array;
  readonly right: Float64Array;
  readonly rightTau: Float64Array;
}

/** Room for the reflections of an n x n matrix. */
export function emptyReflections(n: number): Reflections {
  return {
    left: new Float64Array(n * n),
    leftTau: new Float64Array(n),
    right: new Float64Array(n * n),
    rightTau: new Float64Array(n),
  };
}

/** The orthogonal factors that the reflections of bidiagonalize() make. */
export function factorsOf(n: number, { left, leftTau, right, rightTau }: Reflections): Factors {
  return { ut: accumulate(n, left, leftTau, n, 0), vt: accumulate(n, right, rightTau, n - 1, 1) };
}

/**
 * Reduces the n x n matrix in `w`, which is overwritten, and writes the reflections to `kept` if given. Work
 * 8/3 n^3 flop in one pass over the matrix for each column: while row i is at hand it gets the left and the
 * right reflection of this step and adds its share to x^T W, from which the left reflection of the next step
 * follows (Howell et al. 2008).
 */
export function bidiagonalize(w: Float64Array, n: number, kept?: Reflections): Bidiagonal {
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const x = new Float64Array(n);
  const sums = new Float64Array(n); // x^T W, then tau v^T W
  for (let i = 0; i < n; i++) axpy(w[i * n], w, i * n, sums, 0, n);

  for (let k = 0; k < n; k++) {
    const v = kept ? kept.left.subarray(k * n, (k + 1) * n) : new Float64Array(n);
    const u = kept ? kept.right.subarray(k * n, (k + 1) * n) : new Float64Array(n);
    for (let i = k; i < n; i++) x[i] = w[i * n + k];
    const alpha = x[k];
    const tau = reflector(x.subarray(k), v.subarray(k));
    d[k] = x[k];
    // v = (x - beta e_0) / (alpha - beta), so v^T W follows from x^T W and row k.
    const factor = tau === 0 ? 0 : tau / (alpha - d[k]);
    for (let j = k + 1; j < n; j++) {
      sums[j] = factor * (sums[j] - d[k] * w[k * n + j]);
      w[k * n + j] -= sums[j];
    }
    if (kept) kept.leftTau[k] = tau;
    if (k === n - 1) break;

    const rightTau = reflector(w.subarray(k * n + k + 1, (k + 1) * n), u.subarray(k + 1));
    e[k] = w[k * n + k + 1];
    if (kept) kept.rightTau[k] = rightTau;
    reflectRows(w, n, k, v, u, rightTau, sums);
  }
  return { d, e };
}

/**
 * Rows below k: row -= v_i sums, then row -= tau (row . u) u. Replaces `sums` by x^T W for column k + 1 of
 * what comes out.
 */
function reflectRows(
  w: Float64Array,
  n: number,
  k: number,
  v: Float64Array,
  u: Float64Array,
  tau: number,
  sums: Float64Array,
): void {
  const next = new Float64Array(n);
  for (let i = k + 1; i < n; i++) {
    const row = i * n;
    const vi = v[i];
    let [s0, s1] = [0, 0];
    let j = k + 1;
    for (; j + 2 <= n; j += 2) {
      const a = w[row + j] - vi * sums[j];
      const b = w[row + j + 1] - vi * sums[j + 1];
      w[row + j] = a;
      w[row + j + 1] = b;
      s0 += a * u[j];
      s1 += b * u[j + 1];
    }
    for (; j < n; j++) {
      w[row + j] -= vi * sums[j];
      s0 += w[row + j] * u[j];
    }
    const along = tau * (s0 + s1);
    const xi = w[row + k + 1] - along * u[k + 1];
    for (j = k + 1; j < n; j++) {
      const a = w[row + j] - along * u[j];
      w[row + j] = a;
      next[j] += xi * a;
    }
  }
  sums.set(next);
}

/**
 * Makes the bidiagonal matrix diagonal: afterwards |d| holds its singular values in no order, with signs.
 * The rotations are applied to the rows of ut and vt where those are given, 3 n^2 flop a value and factor.
 *
 * With factors the values are found first, which costs next to nothing, and serve as shifts: a value then comes off
 * after little more than one step, where the shift guessed from the corner takes two.
 */
export function diagonalize(b: Bidiagonal, n: number, factors?: Factors): void {
  if (!factors) {
    iterate(b, n);
    return;
  }
  const ahead = { d: b.d.slice(), e: b.e.slice() };
  iterate(ahead, n);
  iterate(b, n, { factors, squares: ahead.d.map((x) => x * x).sort(), chain: emptyChain(n) });
}

/** What the iteration needs where it carries factors along. */
interface Carried {
  readonly factors: Factors;
  /** Squares of the singular values, ascending: the best shifts. */
  readonly squares: Float64Array;
  readonly chain: Chain;
}

/** The rotations of one step, of rows k and k + 1, from the right (v) and the left (u). */
interface Chain {
  readonly cv: Float64Array;
  readonly sv: Float64Array;
  readonly cu: Float64Array;
  readonly su: Float64Array;
}

const emptyChain = (n: number): Chain => ({
  cv: new Float64Array(n),
  sv: new Float64Array(n),
  cu: new Float64Array(n),
  su: new Float64Array(n),
});

function iterate({ d, e }: Bidiagonal, n: number, carried?: Carried): void {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(d[i]), Math.abs(e[i]));
  // Far below rounding of the largest, so that small singular values keep what relative accuracy they have,
  // and far above where squares underflow.
  const floor = largest * 2 ** -100;
  const small = (i: number) =>
    Math.abs(e[i]) <= floor || Math.abs(e[i]) <= Number.EPSILON * (Math.abs(d[i]) + Math.abs(d[i + 1]));

  let high = n - 1;
  for (let steps = 0; high > 0; ) {
    if (small(high - 1)) {
      e[--high] = 0;
      continue;
    }
    let low = high - 1;
    while (low > 0 && !small(low - 1)) low--;
    if (low > 0) e[low - 1] = 0;
    if (steps++ > 40 * n) throw new Error(`svd: ${high} of ${n} singular values did not converge`);

    let zero = low;
    while (zero <= high && Math.abs(d[zero]) > floor) zero++;
    if (zero > high) {
      shiftedStep(d, e, low, high, carried);
      if (carried) {
        const { factors, chain } = carried;
        rotateChain(factors.vt, low, high, n, chain.cv, chain.sv);
        rotateChain(factors.ut, low, high, n, chain.cu, chain.su);
      }
    } else if (zero < high) clearRow(d, e, zero, high, n, carried?.factors.ut);
    else clearColumn(d, e, low, high, n, carried?.factors.vt);
  }
}

/** The entry of an ascending list that is nearest to x. */
function nearest(list: Float64Array, x: number): number {
  let [below, above] = [0, list.length - 1];
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (list[middle] <= x) below = middle;
    else above = middle;
  }
  return x - list[below] < list[above] - x ? list[below] : list[above];
}

/**
 * One implicit QR step on B[low..high] (Golub and Van Loan, algorithm 8.6.1) with the Wilkinson shift, or with the
 * eigenvalue nearest to it where those are known. The rotations go into the chain.
 */
function shiftedStep(d: Float64Array, e: Float64Array, low: number, high: number, carried?: Carried): void {
  const before = high > low + 1 ? e[high - 2] : 0;
  const t11 = d[high - 1] ** 2 + before ** 2;
  const t12 = d[high - 1] * e[high - 1];
  const t22 = d[high] ** 2 + e[high - 1] ** 2;
  const half = (t11 - t22) / 2;
  const root = Math.sqrt(half * half + t12 * t12);
  const guess = t12 === 0 ? t22 : t22 - (t12 * t12) / (half + (half < 0 ? -root : root));
  const mu = carried ? nearest(carried.squares, guess) : guess;
  const chain = carried?.chain;

  let y = d[low] * d[low] - mu;
  let z = d[low] * e[low];
  for (let k = low; k < high; k++) {
    let r = Math.sqrt(y * y + z * z);
    let c = r === 0 ? 1 : y / r;
    let s = r === 0 ? 0 : z / r;
    if (k > low) e[k - 1] = r;
    const f = c * d[k] + s * e[k];
    const above = c * e[k] - s * d[k];
    const h = s * d[k + 1];
    const below = c * d[k + 1];
    if (chain) {
      chain.cv[k] = c;
      chain.sv[k] = s;
    }

    r = Math.sqrt(f * f + h * h);
    c = r === 0 ? 1 : f / r;
    s = r === 0 ? 0 : h / r;
    d[k] = r;
    y = c * above + s * below;
    d[k + 1] = c * below - s * above;
    z = s * e[k + 1];
    e[k + 1] *= c;
    if (chain) {
      chain.cu[k] = c;
      chain.su[k] = s;
    }
  }
  e[high - 1] = y;
}

/** d_i = 0: rotations with the rows below move e_i out of row i, so that the matrix falls in two there. */
function clearRow(
  d: Float64Array,
  e: Float64Array,
  i: number,
  high: number,
  n: number,
  ut?: Float64Array,
): void {
  let f = e[i];
  d[i] = 0;
  e[i] = 0;
  for (let j = i + 1; j <= high && f !== 0; j++) {
    const r = Math.sqrt(f * f + d[j] * d[j]);
    const c = d[j] / r;
    const s = f / r;
    d[j] = r;
    f = -s * e[j];
    e[j] *= c;
    if (ut) rotate(ut, j, i, n, c, s);
  }
}

/** The last diagonal entry is 0: rotations with the columns before move e out of the last column. */
function clearColumn(
  d: Float64Array,
  e: Float64Array,
  low: number,
  high: number,
  n: number,
  vt?: Float64Array,
): void {
  let f = e[high - 1];
  d[high] = 0;
  e[high - 1] = 0;
  for (let j = high - 1; j >= low && f !== 0; j--) {
    const r = Math.sqrt(f * f + d[j] * d[j]);
    const c = d[j] / r;
    const s = f / r;
    d[j] = r;
    if (j > low) {
      f = -s * e[j - 1];
      e[j - 1] *= c;
    }
    if (vt) rotate(vt, j, high, n, c, s);
  }
}

/**
 * Rotates rows k and k + 1 for k = low .. high - 1 in turn. Four rotations go over five rows at once, so that an entry
 * is loaded and stored five times for four rotations instead of eight (Van Zee, van de Geijn and Quintana-Orti 2014).
 */
function rotateChain(
  rows: Float64Array,
  low: number,
  high: number,
  n: number,
  c: Float64Array,
  s: Float64Array,
): void {
  let k = low;
  for (; k + 4 <= high; k += 4) {
    const [c0, c1, c2, c3] = [c[k], c[k + 1], c[k + 2], c[k + 3]];
    const [s0, s1, s2, s3] = [s[k], s[k + 1], s[k + 2], s[k + 3]];
    const first = k * n;
    const [second, third, fourth, fifth] = [first + n, first + 2 * n, first + 3 * n, first + 4 * n];
    for (let t = 0; t < n; t++) {
      const x0 = rows[first + t];
      const x1 = rows[second + t];
      const x2 = rows[third + t];
      const x3 = rows[fourth + t];
      const x4 = rows[fifth + t];
      const y1 = c0 * x1 - s0 * x0;
      const y2 = c1 * x2 - s1 * y1;
      const y3 = c2 * x3 - s2 * y2;
      rows[first + t] = c0 * x0 + s0 * x1;
      rows[second + t] = c1 * y1 + s1 * x2;
      rows[third + t] = c2 * y2 + s2 * x3;
      rows[fourth + t] = c3 * y3 + s3 * x4;
      rows[fifth + t] = c3 * x4 - s3 * y3;
    }
  }
  for (; k < high; k++) rotate(rows, k, k + 1, n, c[k], s[k]);
}

/** Rows i and j become c i + s j and c j - s i. */
function rotate(rows: Float64Array, i: number, j: number, n: number, c: number, s: number): void {
  let p = i * n;
  let q = j * n;
  for (let t = 0; t < n; t++) {
    const x = rows[p];
    const y = rows[q];
    rows[p++] = c * x + s * y;
    rows[q++] = c * y - s * x;
  }
}
