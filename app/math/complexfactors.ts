/**
 * Factorizations of complex matrices in float64: QR, Cholesky, triangular systems, Hermitian eigenvalues. Matrices
 * are row-major with real and imaginary parts interleaved, as tensors of complex numbers are.
 */
import { matrix } from './linalg';
import { symmetricEigen } from './symmetric';

export interface Interleaved {
  readonly rows: number;
  readonly cols: number;
  /** 2 rows cols numbers. */
  readonly data: Float64Array;
}

export const interleaved = (
  rows: number,
  cols: number,
  data = new Float64Array(2 * rows * cols),
): Interleaved => ({
  rows,
  cols,
  data,
});

/** The identity with so many columns (and rows, unless more are asked for). */
export function complexIdentity(n: number, rows = n): Interleaved {
  const out = interleaved(rows, n);
  for (let i = 0; i < n; i++) out.data[2 * i * (n + 1)] = 1;
  return out;
}

/** A^H. */
export function adjoint({ rows, cols, data }: Interleaved): Interleaved {
  const out = interleaved(cols, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const [from, to] = [2 * (i * cols + j), 2 * (j * rows + i)];
      out.data[to] = data[from];
      out.data[to + 1] = -data[from + 1];
    }
  }
  return out;
}

/** A B. */
export function multiplyComplex(a: Interleaved, b: Interleaved): Interleaved {
  if (a.cols !== b.rows) throw new RangeError(`${a.rows} x ${a.cols} times ${b.rows} x ${b.cols}`);
  const out = interleaved(a.rows, b.cols);
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.cols; k++) {
      const [re, im] = [a.data[2 * (i * a.cols + k)], a.data[2 * (i * a.cols + k) + 1]];
      if (re === 0 && im === 0) continue;
      const [to, from] = [2 * i * b.cols, 2 * k * b.cols];
      for (let j = 0; j < 2 * b.cols; j += 2) {
        const [x, y] = [b.data[from + j], b.data[from + j + 1]];
        out.data[to + j] += re * x - im * y;
        out.data[to + j + 1] += re * y + im * x;
      }
    }
  }
  return out;
}

/** |A - B|_F. */
export function complexDistance(a: Interleaved, b: Interleaved): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i] - b.data[i]) ** 2;
  return Math.sqrt(sum);
}

/** |A|_F. */
export const complexSize = (a: Interleaved): number =>
  Math.hypot(Math.sqrt(a.data.reduce((s, x) => s + x * x, 0)));

/**
 * A = Q R, m x n with m >= n, by Householder reflections (Higham 2002, section 19.1 for complex ones); the
 * diagonal of R is real and not negative.
 */
export function complexQr(a: Interleaved): { q: Interleaved; r: Interleaved } {
  const { rows: m, cols: n } = a;
  const w = a.data.slice();
  const q = complexIdentity(n, m);
  const r = interleaved(n, n);
  const taus: number[] = [];
  const phases: [number, number][] = [];
  /** x_c -= tau v (v^H x_c) for columns of `of` from c on, v below the diagonal of column j of w. */
  const reflect = (of: Float64Array, j: number, tau: number, from: number): void => {
    for (let c = from; c < n; c++) {
      let [re, im] = [of[2 * (j * n + c)], of[2 * (j * n + c) + 1]];
      for (let i = j + 1; i < m; i++) {
        const [at, v] = [2 * (i * n + c), 2 * (i * n + j)];
        re += w[v] * of[at] + w[v + 1] * of[at + 1];
        im += w[v] * of[at + 1] - w[v + 1] * of[at];
      }
      [re, im] = [tau * re, tau * im];
      of[2 * (j * n + c)] -= re;
      of[2 * (j * n + c) + 1] -= im;
      for (let i = j + 1; i < m; i++) {
        const [at, v] = [2 * (i * n + c), 2 * (i * n + j)];
        of[at] -= w[v] * re - w[v + 1] * im;
        of[at + 1] -= w[v] * im + w[v + 1] * re;
      }
    }
  };
  for (let j = 0; j < n; j++) {
    const [x, y] = [w[2 * j * (n + 1)], w[2 * j * (n + 1) + 1]];
    let below = 0;
    for (let i = j + 1; i < m; i++) below += w[2 * (i * n + j)] ** 2 + w[2 * (i * n + j) + 1] ** 2;
    const size = Math.hypot(x, y);
    const whole = Math.hypot(size, Math.sqrt(below));
    const phase: [number, number] = size === 0 ? [1, 0] : [x / size, y / size];
    const scale = size + whole === 0 ? 0 : 1 / (size + whole);
    for (let i = j + 1; i < m; i++) {
      const at = 2 * (i * n + j);
      const [re, im] = [w[at], w[at + 1]];
      w[at] = scale * (re * phase[0] + im * phase[1]);
      w[at + 1] = scale * (im * phase[0] - re * phase[1]);
    }
    taus.push(2 / (1 + below * scale * scale));
    phases.push([-phase[0], -phase[1]]);
    reflect(w, j, taus[j], j + 1);
    r.data[2 * j * (n + 1)] = whole;
    for (let c = j + 1; c < n; c++) {
      const [re, im] = [w[2 * (j * n + c)], w[2 * (j * n + c) + 1]];
      r.data[2 * (j * n + c)] = -(re * phase[0] + im * phase[1]);
      r.data[2 * (j * n + c) + 1] = -(im * phase[0] - re * phase[1]);
    }
  }
  for (let j = 0; j < n; j++) q.data.set(phases[j], 2 * j * (n + 1));
  for (let j = n - 1; j >= 0; j--) reflect(q.data, j, taus[j], j);
  return { q, r };
}

/**
 * G = R^H R of the Hermitian matrix whose upper triangle is given. `failed` is 0, or k + 1 where pivot k was not
 * positive and finite; R is zero from that row on.
 */
export function complexCholesky({ rows: n, data: g }: Interleaved): {
  r: Interleaved;
  failed: number;
  least: number;
} {
  const r = interleaved(n, n);
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < n; k++) {
    for (let j = k; j < n; j++) {
      let [re, im] = [g[2 * (k * n + j)], g[2 * (k * n + j) + 1]];
      for (let i = 0; i < k; i++) {
        const [a, b] = [2 * (i * n + k), 2 * (i * n + j)];
        re -= r.data[a] * r.data[b] + r.data[a + 1] * r.data[b + 1];
        im -= r.data[a] * r.data[b + 1] - r.data[a + 1] * r.data[b];
      }
      if (j === k) {
        least = Number.isFinite(re) ? Math.min(least, re) : re;
        if (!(re > 0 && Number.isFinite(re))) return { r, failed: k + 1, least };
        r.data[2 * k * (n + 1)] = Math.sqrt(re);
      } else {
        const root = r.data[2 * k * (n + 1)];
        r.data[2 * (k * n + j)] = re / root;
        r.data[2 * (k * n + j) + 1] = im / root;
      }
    }
  }
  return { r, failed: 0, least };
}

/** X with T X = B for a triangle T, of which the other half is not read. */
export function solveComplexTriangle(t: Interleaved, b: Interleaved, upper: boolean): Interleaved {
  const [n, c] = [t.rows, b.cols];
  const x = interleaved(n, c, b.data.slice());
  for (let step = 0; step < n; step++) {
    const i = upper ? n - 1 - step : step;
    const [p, q] = [t.data[2 * i * (n + 1)], t.data[2 * i * (n + 1) + 1]];
    const norm = p * p + q * q;
    for (let j = 0; j < c; j++) {
      let [re, im] = [x.data[2 * (i * c + j)], x.data[2 * (i * c + j) + 1]];
      for (let k = upper ? i + 1 : 0; k < (upper ? n : i); k++) {
        const [a, of] = [2 * (i * n + k), 2 * (k * c + j)];
        re -= t.data[a] * x.data[of] - t.data[a + 1] * x.data[of + 1];
        im -= t.data[a] * x.data[of + 1] + t.data[a + 1] * x.data[of];
      }
      x.data[2 * (i * c + j)] = (re * p + im * q) / norm;
      x.data[2 * (i * c + j) + 1] = (im * p - re * q) / norm;
    }
  }
  return x;
}

/**
 * A = V diag(values) V^H, smallest first, of the Hermitian part of A. By the real symmetric matrix
 * [[Re A, -Im A], [Im A, Re A]], which has every eigenvalue twice: (x, y) and (-y, x) stand for x + i y. Of each
 * cluster of its vectors as many are taken as are new, made orthonormal as complex ones.
 */
export function hermitianEigen(a: Interleaved): { values: Float64Array; vectors: Interleaved } {
  const n = a.rows;
  const whole = matrix(2 * n, 2 * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const [at, other] = [2 * (i * n + j), 2 * (j * n + i)];
      const re = (a.data[at] + a.data[other]) / 2;
      const im = (a.data[at + 1] - a.data[other + 1]) / 2;
      whole.data[i * 2 * n + j] = re;
      whole.data[(i + n) * 2 * n + j + n] = re;
      whole.data[(i + n) * 2 * n + j] = im;
      whole.data[i * 2 * n + j + n] = -im;
    }
  }
  const found = symmetricEigen(whole);
  const kept: { value: number; x: Float64Array }[] = [];
  for (let p = 0; p < 2 * n && kept.length < n; p++) {
    const x = new Float64Array(2 * n);
    for (let i = 0; i < n; i++) {
      x[2 * i] = found.vectors.data[i * 2 * n + p];
      x[2 * i + 1] = found.vectors.data[(i + n) * 2 * n + p];
    }
    for (let pass = 0; pass < 2; pass++) {
      for (const { x: other } of kept) takeOff(x, other);
      const size = Math.hypot(...x);
      // Half of a plane that is there already leaves rounding errors; a new direction leaves most of itself.
      if (pass === 0 && size < 0.5) break;
      for (let i = 0; i < x.length; i++) x[i] /= size;
      if (pass === 1) kept.push({ value: found.values[p], x });
    }
  }
  const vectors = interleaved(n, n);
  kept.forEach(({ x }, p) => {
    for (let i = 0; i < n; i++) vectors.data.set(x.subarray(2 * i, 2 * i + 2), 2 * (i * n + p));
  });
  return { values: Float64Array.from(kept, ({ value }) => value), vectors };
}

/** x -= (other^H x) other. */
function takeOff(x: Float64Array, other: Float64Array): void {
  let [re, im] = [0, 0];
  for (let i = 0; i < x.length; i += 2) {
    re += other[i] * x[i] + other[i + 1] * x[i + 1];
    im += other[i] * x[i + 1] - other[i + 1] * x[i];
  }
  for (let i = 0; i < x.length; i += 2) {
    x[i] -= re * other[i] - im * other[i + 1];
    x[i + 1] -= re * other[i + 1] + im * other[i];
  }
}
