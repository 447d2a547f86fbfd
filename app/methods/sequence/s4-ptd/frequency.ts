/** Responses over frequency: S4 in closed form, its diagonal part and the perturbed system from their poles. */
import type { Home, Tensor } from '../../../gpu/home';
import { cauchyTerms, deviceComplex, legsResponse, splitComplex } from '../../../kernels/cauchy';
import { complexMatmul } from '../../../kernels/complexmatmul';
import { adjointTimes, legs, type NormalForm, polesOf } from '../../../math/hippo';
import type { Perturbed } from './perturb';

/** `points` values evenly in log from 0.1 to twice the largest spike, then all spikes. */
export function frequencies(form: NormalForm, points: number): Float64Array {
  const spikes = Array.from(form.w);
  const [low, high] = [Math.log(0.1), Math.log(2 * Math.max(...spikes))];
  const grid = Array.from({ length: points }, (_, i) => Math.exp(low + ((high - low) * i) / (points - 1)));
  return Float64Array.from([...grid, ...spikes]);
}

export interface ExactResponse {
  /** (i w - A)^-1 B, F x N interleaved. */
  r: ArrayLike<number>;
  /** T(i w), F interleaved. */
  t: ArrayLike<number>;
}

export async function exactResponse(home: Home, omega: Float64Array, n: number): Promise<ExactResponse> {
  return home.scope(async () => {
    const { response, companion } = await legsResponse(home.tensor([omega.length, 1], omega), n);
    return { r: await home.read(response), t: await home.read(companion) };
  });
}

const onAxis = (omega: Float64Array) => ({ re: new Float64Array(omega.length), im: omega });

/** The response of S4D in the basis of A: V (b_k / (s - lam_k)), conjugate poles included. F x N. */
export async function diagonalResponse(
  home: Home,
  omega: Float64Array,
  form: NormalForm,
): Promise<ArrayLike<number>> {
  const { n, v } = form;
  const b = adjointTimes(
    form,
    legs(n).b.map((x) => x / 2),
  );
  const lam = polesOf(form);
  // All N poles: the kept ones, then their conjugates, with conjugate columns of V.
  const half = v.cols;
  const both = (x: Float64Array, sign: number) => Float64Array.from([...x, ...x.map((y) => sign * y)]);
  const poles = { re: both(lam.re, 1), im: both(lam.im, -1) };
  const input = { re: both(b.re, 1), im: both(b.im, -1) };
  const columns = { re: new Float64Array(2 * half * n), im: new Float64Array(2 * half * n) };
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < half; k++) {
      columns.re[k * n + i] = v.re[i * half + k];
      columns.im[k * n + i] = v.im[i * half + k];
      columns.re[(half + k) * n + i] = v.re[i * half + k];
      columns.im[(half + k) * n + i] = -v.im[i * half + k];
    }
  }
  return responseOf(home, omega, poles, input, deviceComplex(home, columns, [2 * half, n]));
}

/** The response of the perturbed system: W (b_k / (s - mu_k)). F x N. */
export async function perturbedResponse(
  home: Home,
  omega: Float64Array,
  p: Perturbed,
): Promise<ArrayLike<number>> {
  const n = p.w.rows;
  const columns = { re: new Float64Array(n * n), im: new Float64Array(n * n) };
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      columns.re[k * n + i] = p.w.re[i * n + k];
      columns.im[k * n + i] = p.w.im[i * n + k];
    }
  }
  return responseOf(home, omega, p.mu, p.input, deviceComplex(home, columns, [n, n]));
}

async function responseOf(
  home: Home,
  omega: Float64Array,
  poles: { re: Float64Array; im: Float64Array },
  input: { re: Float64Array; im: Float64Array },
  columns: Tensor,
): Promise<ArrayLike<number>> {
  return home.scope(async () => {
    const terms = await cauchyTerms(
      splitComplex(home, onAxis(omega)),
      splitComplex(home, poles),
      deviceComplex(home, input),
    );
    return home.read(await complexMatmul(terms, columns));
  });
}

/** 2-norm of the difference of two rows, for every frequency. */
export function deviations(a: ArrayLike<number>, b: ArrayLike<number>, count: number): Float64Array {
  const width = a.length / count;
  return Float64Array.from({ length: count }, (_, f) => {
    let sum = 0;
    for (let i = f * width; i < (f + 1) * width; i++) sum += (a[i] - b[i]) ** 2;
    return Math.sqrt(sum);
  });
}

/** Largest ||R_D - R / (1 + T)|| over ||R_D||, and largest | |R| sqrt(w^2 + N^2) / N - 1 |. */
export function identities(
  diagonal: ArrayLike<number>,
  { r, t }: ExactResponse,
  omega: Float64Array,
  n: number,
): { ratio: number; norm: number } {
  let [ratio, norm] = [0, 0];
  for (let f = 0; f < omega.length; f++) {
    const [a, b] = [1 + t[2 * f], t[2 * f + 1]];
    const below = a * a + b * b;
    let [difference, size, length] = [0, 0, 0];
    for (let i = f * n; i < (f + 1) * n; i++) {
      const [x, y] = [r[2 * i], r[2 * i + 1]];
      difference +=
        (diagonal[2 * i] - (x * a + y * b) / below) ** 2 +
        (diagonal[2 * i + 1] - (y * a - x * b) / below) ** 2;
      size += diagonal[2 * i] ** 2 + diagonal[2 * i + 1] ** 2;
      length += x * x + y * y;
    }
    ratio = Math.max(ratio, Math.sqrt(difference / size));
    norm = Math.max(norm, Math.abs((Math.sqrt(length) * Math.hypot(omega[f], n)) / n - 1));
  }
  return { ratio, norm };
}
