/** Linear state space models x' = A x + B u in discrete time, float64: what the kernels are set up from. */
import { type Complex, complexZeros, divide, times } from './complex';
import { cos, exp, sin } from './fdlibm';
import type { System } from './hippo';
import { identity, type Matrix, matmul, matrix } from './linalg';
import { solveLinear } from './lu';

/** Bilinear rule: Ab = (I - dt/2 A)^-1 (I + dt/2 A), Bb = dt (I - dt/2 A)^-1 B. */
export function bilinear({ a, b }: System, dt: number): System {
  const n = a.rows;
  const left = matrix(n, n);
  const right = matrix(n, n + 1);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const unit = i === j ? 1 : 0;
      left.data[i * n + j] = unit - (dt / 2) * a.data[i * n + j];
      right.data[i * (n + 1) + j] = unit + (dt / 2) * a.data[i * n + j];
    }
    right.data[i * (n + 1) + n] = dt * b[i];
  }
  const solved = solveLinear(left, right);
  const out = { a: matrix(n, n), b: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    out.a.data.set(solved.data.subarray(i * (n + 1), i * (n + 1) + n), i * n);
    out.b[i] = solved.data[i * (n + 1) + n];
  }
  return out;
}

/** A^p by repeated squaring, p >= 0. */
export function matrixPower(a: Matrix, p: number): Matrix {
  let out = identity(a.rows);
  let square = a;
  for (let rest = p; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) out = matmul(out, square);
    if (rest > 1) square = matmul(square, square);
  }
  return out;
}

/** A diagonal model in discrete time: x_k = a x_{k-1} + b u_k, entry by entry. */
export interface Modes {
  a: Complex;
  b: Complex;
}

/** Bilinear rule on a diagonal: a = (1 + dt lam/2) / (1 - dt lam/2), b = dt B / (1 - dt lam/2). */
export function bilinearModes(lam: Complex, b: Complex, dt: number): Modes {
  const n = lam.re.length;
  const [plus, minus, scaled] = [complexZeros(n), complexZeros(n), complexZeros(n)];
  for (let i = 0; i < n; i++) {
    const [x, y] = [(dt / 2) * lam.re[i], (dt / 2) * lam.im[i]];
    [plus.re[i], plus.im[i]] = [1 + x, y];
    [minus.re[i], minus.im[i]] = [1 - x, -y];
    [scaled.re[i], scaled.im[i]] = [dt * b.re[i], dt * b.im[i]];
  }
  return { a: divide(plus, minus), b: divide(scaled, minus) };
}

/** Zero-order hold on a diagonal: a = e^(dt lam), b = (e^(dt lam) - 1) / lam B, and dt B where lam is 0. */
export function zohModes(lam: Complex, b: Complex, dt: number): Modes {
  const n = lam.re.length;
  const [a, less, safe] = [complexZeros(n), complexZeros(n), complexZeros(n)];
  for (let i = 0; i < n; i++) {
    const [x, y] = [dt * lam.re[i], dt * lam.im[i]];
    const size = exp(x);
    a.re[i] = size * cos(y);
    a.im[i] = size * sin(y);
    const isZero = lam.re[i] === 0 && lam.im[i] === 0;
    // e^z - 1 by its series where it would cancel.
    const [re, im] = isZero ? [dt, 0] : Math.hypot(x, y) < 1e-3 ? expm1Series(x, y) : [a.re[i] - 1, a.im[i]];
    [less.re[i], less.im[i]] = [re, im];
    [safe.re[i], safe.im[i]] = isZero ? [1, 0] : [lam.re[i], lam.im[i]];
  }
  return { a, b: times(divide(less, safe), b) };
}

/** e^z - 1 for |z| < 1e-3, to rounding. */
function expm1Series(x: number, y: number): [number, number] {
  let [re, im, tr, ti] = [0, 0, 1, 0];
  for (let k = 1; k <= 6; k++) {
    [tr, ti] = [(tr * x - ti * y) / k, (tr * y + ti * x) / k];
    re += tr;
    im += ti;
  }
  return [re, im];
}

/** a^p for every mode, p a whole number >= 0, by repeated squaring: relative error about 2 log2(p) eps p. */
export function modePowers(a: Complex, p: number): Complex {
  let out: Complex = { re: new Float64Array(a.re.length).fill(1), im: new Float64Array(a.re.length) };
  let square = a;
  for (let rest = p; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) out = times(out, square);
    if (rest > 1) square = times(square, square);
  }
  return out;
}

/** sum over modes of c_i b_i a_i^k, k < length, real part, step by step: the yardstick of the Vandermonde kernel. */
export function modeKernel(c: Complex, { a, b }: Modes, length: number): Float64Array {
  const out = new Float64Array(length);
  let term = times(c, b);
  for (let k = 0; k < length; k++) {
    for (let i = 0; i < term.re.length; i++) out[k] += term.re[i];
    term = times(term, a);
  }
  return out;
}
