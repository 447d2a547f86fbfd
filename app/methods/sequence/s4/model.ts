/** S4 with HiPPO-LegS: the float64 setup of its kernel, and the kernel by three routes. */
import type { Home, Tensor } from '../../../gpu/home';
import { type DplrSystem, type DplrTables, dplrTables, dplrTransfer } from '../../../kernels/cauchy';
import { matmul } from '../../../kernels/matmul';
import { deviceSystem, readout, statesByBlocks } from '../../../kernels/recurrence';
import { irfft } from '../../../kernels/rfft';
import type { Complex } from '../../../math/complex';
import {
  adjointTimes,
  legs,
  legsEigenvectors,
  legsLowRank,
  legsNormalForm,
  type NormalForm,
  polesOf,
  rowTimes,
  type System,
} from '../../../math/hippo';
import { nextPowerOfTwo } from '../../../math/integers';
import { frobenius, identity, matmul as matmul64, matrix, subtract } from '../../../math/linalg';
import { bilinear, matrixPower } from '../../../math/statespace';

export interface Model {
  n: number;
  dt: number;
  /** Steps of the kernel as asked, and the power of two it is computed at. */
  length: number;
  padded: number;
  form: NormalForm;
  continuous: System;
  discrete: System;
  c: Float64Array;
  lam: Complex;
  /** Diagonal plus low rank, in the basis of V; Ct is that of this length. */
  system: DplrSystem;
  tables: DplrTables;
}

/** Everything the kernel needs; N^3 log L operations on the CPU. C is rounded to float32. */
export function s4Model(
  home: Home,
  n: number,
  dt: number,
  length: number,
  normalC: ArrayLike<number>,
): Model {
  const c = Float64Array.from(normalC, Math.fround);
  const padded = Math.max(2, nextPowerOfTwo(length));
  const continuous = legs(n);
  const discrete = bilinear(continuous, dt);
  const form = legsNormalForm(n);
  const lam = polesOf(form);
  // Ct = C (I - Ab^L)
  const ct = matmul64(matrix(1, n, c), subtract(identity(n), matrixPower(discrete.a, padded))).data;
  const system = {
    lam,
    b: adjointTimes(form, continuous.b),
    p: adjointTimes(form, legsLowRank(n)),
    ct: rowTimes(form, ct),
    share: form.share,
  };
  return {
    n,
    dt,
    length,
    padded,
    form,
    continuous,
    discrete,
    c,
    lam,
    system,
    tables: dplrTables(home, system, dt, padded),
  };
}

/** K by Cauchy sums at the roots of unity and an inverse FFT: 1 x padded. */
export async function cauchyKernel({ tables, padded }: Model): Promise<Tensor> {
  return tables.poles.home.scope(async () => irfft(await dplrTransfer(tables), padded));
}

/** The same work at another length, for the clock: Ct is not that of the length, which changes no step of it. */
export const modelOfLength = (home: Home, model: Model, length: number): Model => {
  const padded = Math.max(2, nextPowerOfTwo(length));
  return { ...model, length, padded, tables: dplrTables(home, model.system, model.dt, padded) };
};

/** K_j = C Ab^j Bb by powers of Ab, the reference: length x 1. */
export async function powersKernel(home: Home, { discrete, c, length }: Model): Promise<Tensor> {
  return home.scope(async () => {
    const impulse = new Float64Array(length);
    impulse[0] = 1;
    const states = await statesByBlocks(deviceSystem(home, discrete), home.tensor([length, 1], impulse));
    return readout(states, c);
  });
}

/** Above this the eigenvectors reach 2^170 and the direct route is not even tried. */
export const DIRECT_LIMIT = 128;

/** K by diagonalizing A itself, in float64: hopeless but for small N. Null above the limit. */
export function directKernel({ n, dt, c, continuous, length }: Model): Float64Array | null {
  if (n > DIRECT_LIMIT) return null;
  const w = legsEigenvectors(n).data;
  const out = new Float64Array(length);
  // (W^-1 B)_i by forward substitution, (C W)_i directly.
  const x = continuous.b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= w[i * n + k] * x[k];
    x[i] /= w[i * n + i];
  }
  for (let i = 0; i < n; i++) {
    let cw = 0;
    for (let k = i; k < n; k++) cw += c[k] * w[k * n + i];
    const [lam, coefficient] = [-(i + 1), cw * x[i]];
    const ratio = (1 + (dt / 2) * lam) / (1 - (dt / 2) * lam);
    let power = dt / (1 - (dt / 2) * lam);
    for (let j = 0; j < length; j++) {
      out[j] += coefficient * power;
      power *= ratio;
    }
  }
  return out;
}

/** ||V diag(lam) V^* - P P^T - A||_F / ||A||_F, the products on the home. */
export async function nplrIdentity(home: Home, { n, form, continuous, lam }: Model): Promise<number> {
  const { v, share } = form;
  const modes = v.cols;
  return home.scope(async () => {
    // V diag(lam) V^* = 2 Re over the kept poles: [Re(V lam), Im(V lam)] [Re V, Im V]^T.
    const left = new Float64Array(2 * n * modes);
    const right = new Float64Array(2 * n * modes);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < modes; k++) {
        const [x, y] = [v.re[i * modes + k], v.im[i * modes + k]];
        const factor = 2 * share[k];
        left[i * 2 * modes + k] = factor * (x * lam.re[k] - y * lam.im[k]);
        left[i * 2 * modes + modes + k] = factor * (x * lam.im[k] + y * lam.re[k]);
        right[i * 2 * modes + k] = x;
        right[i * 2 * modes + modes + k] = y;
      }
    }
    const shape = [n, 2 * modes];
    const normal = await matmul(home.tensor(shape, left), home.tensor(shape, right), { transposeB: true });
    const p = home.tensor([n, 1], legsLowRank(n));
    const sum = await matmul(p, p, { transposeB: true, alpha: -1, beta: 1, into: normal });
    const got = matrix(n, n, Float64Array.from(await home.read(sum)));
    return frobenius(subtract(got, continuous.a)) / frobenius(continuous.a);
  });
}
