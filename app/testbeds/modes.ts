/** Diagonal state space models: where their poles begin, and their states along a signal. */
import type { Home, Tensor } from '../gpu/home';
import { colsOf, rowsOf } from '../gpu/home';
import { deviceComplex } from '../kernels/cauchy';
import { complexOf, imagPart, realPart } from '../kernels/complex';
import { complexMatmul } from '../kernels/complexmatmul';
import { linearScan } from '../kernels/linearscan';
import { concatColumns } from '../kernels/slice';
import { powerTables, vandermonde } from '../kernels/vandermonde';
import { type Complex, times } from '../math/complex';
import { adjointTimes, legs, type NormalForm, polesOf } from '../math/hippo';
import type { Modes } from '../math/statespace';

export interface Poles {
  lam: Complex;
  /** Input vector B. */
  b: Complex;
  /** Every pole stands for itself alone: no conjugate, no factor 2. */
  isReal: boolean;
}

const ones = (n: number): Complex => ({ re: new Float64Array(n).fill(1), im: new Float64Array(n) });

const onLine = (n: number, im: (k: number) => number): Poles => ({
  lam: {
    re: new Float64Array(n / 2).fill(-0.5),
    im: Float64Array.from({ length: n / 2 }, (_, k) => im(k)),
  },
  b: ones(n / 2),
  isReal: false,
});

/** S4D-LegS: the normal part of HiPPO-LegS, with half its input vector. */
export const legsPoles = (form: NormalForm): Poles => ({
  lam: polesOf(form),
  b: adjointTimes(
    form,
    legs(form.n).b.map((x) => x / 2),
  ),
  isReal: false,
});

/** S4D-Inv: w_k = (N / pi) (N / (2k+1) - 1), its imaginary parts times `scale`. */
export const inversePoles = (n: number, scale = 1): Poles =>
  onLine(n, (k) => scale * (n / Math.PI) * (n / (2 * k + 1) - 1));

/** S4D-Lin: w_k = pi k. */
export const linearPoles = (n: number): Poles => onLine(n, (k) => Math.PI * k);

/** S4D-Real: -1, -2, ..., -N, the very poles of HiPPO-LegS. */
export const realPoles = (n: number): Poles => ({
  lam: { re: Float64Array.from({ length: n }, (_, k) => -(k + 1)), im: new Float64Array(n) },
  b: ones(n),
  isReal: true,
});

/** States x_k = a x_{k-1} + b u_k of every mode, complex, steps x modes. u is steps x 1. `chunk` as in linearScan. */
export async function modeStates(modes: Modes, u: Tensor, chunk?: number): Promise<Tensor> {
  const { home } = u;
  const n = modes.a.re.length;
  const steps = rowsOf(u);
  return home.scope(async () => {
    const one = deviceComplex(home, ones(steps), [steps, 1]);
    const a = await complexMatmul(one, deviceComplex(home, modes.a, [1, n]));
    const forcing = await complexMatmul(await complexOf(u), deviceComplex(home, modes.b, [1, n]));
    return linearScan(a, forcing, chunk === undefined ? { axis: 0 } : { axis: 0, chunk });
  });
}

/** Real features of complex states: their real parts, then their imaginary parts. */
export async function featuresOf(states: Tensor): Promise<Tensor> {
  return states.home.scope(async () => concatColumns([await realPart(states), await imagPart(states)]));
}

/** y = factor Re(C x), steps x 1; the factor is 2 for one of each conjugate pair. */
export async function modeOutput(states: Tensor, c: Complex, factor: number): Promise<Tensor> {
  const { home } = states;
  const scaled = { re: c.re.map((x) => factor * x), im: c.im.map((x) => factor * x) };
  return home.scope(async () =>
    realPart(await complexMatmul(states, deviceComplex(home, scaled, [colsOf(states), 1]))),
  );
}

/** K_k = factor Re sum_i C_i b_i a_i^k for several C at once: outputs x length. */
export async function modeKernels(
  home: Home,
  modes: Modes,
  rows: readonly Complex[],
  length: number,
  factor: number,
): Promise<Tensor> {
  const n = modes.a.re.length;
  const weights = new Float64Array(2 * n * rows.length);
  rows.forEach((c, o) => {
    const product = times(c, modes.b);
    for (let i = 0; i < n; i++) {
      // The kernel doubles what it sums.
      weights[2 * (o * n + i)] = (factor / 2) * product.re[i];
      weights[2 * (o * n + i) + 1] = (factor / 2) * product.im[i];
    }
  });
  return home.scope(async () =>
    vandermonde(home.tensor([rows.length, n], weights, 'c64'), powerTables(home, modes.a, length)),
  );
}
