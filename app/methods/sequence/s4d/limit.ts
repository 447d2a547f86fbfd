/** S4D-LegS against S4 itself: basis functions and their outputs. */
import type { Tensor } from '../../../gpu/home';
import { fftConvolve } from '../../../kernels/fftconvolve';
import type { Complex } from '../../../math/complex';
import { legendreBasis, legsNormalForm, type NormalForm } from '../../../math/hippo';
import { zohModes } from '../../../math/statespace';
import { legsPoles, modeKernels } from '../../../testbeds/modes';
import { readRow, relativeError } from '../../../testbeds/sequence';
import type { Lab } from '../../method';

/** The part of the signal that the kernels are convolved with. */
export interface Head {
  length: number;
  values: Float32Array;
}

export interface Limit {
  /** outputs x length each. */
  kernel: Float64Array;
  exact: Float64Array;
  output: Float64Array;
  exactOutput: Float64Array;
  errorKernel: number;
  errorOutput: number;
}

export const formOf = (lab: Lab, n: number): Promise<NormalForm> =>
  lab.cached(`legs form ${n}`, async () => legsNormalForm(n));

/** Row n of V at the kept poles: what reads basis function n from the states of S4D-LegS. */
export const rowsOf = ({ v }: NormalForm, outputs: number): Complex[] =>
  Array.from({ length: outputs }, (_, n) => ({
    re: v.re.slice(n * v.cols, (n + 1) * v.cols),
    im: v.im.slice(n * v.cols, (n + 1) * v.cols),
  }));

/** Sub-intervals of the trapezoid rule over a step. */
const PARTS = 8;

/** dt times the exact responses sqrt(2n+1) e^-t P_n(2 e^-t - 1), averaged over each step: outputs x length. */
function exactKernels(outputs: number, length: number, dt: number): Float64Array {
  const times = Float64Array.from({ length: PARTS * length + 1 }, (_, j) => (j * dt) / PARTS);
  const basis = legendreBasis(times, outputs);
  const out = new Float64Array(outputs * length);
  for (let n = 0; n < outputs; n++) {
    for (let k = 0; k < length; k++) {
      for (let s = 0; s <= PARTS; s++) {
        const j = PARTS * k + s;
        const weight = (s === 0 || s === PARTS ? 0.5 : 1) / PARTS;
        out[n * length + k] += dt * weight * Math.exp(-times[j]) * basis[j * outputs + n];
      }
    }
  }
  return out;
}

/** Kernels of the first basis functions and their outputs, by the diagonal system and exactly. */
export async function limitOf(
  lab: Lab,
  form: NormalForm,
  { dt, outputs }: { dt: number; outputs: number },
  { length, values }: Head,
): Promise<Limit> {
  const { home } = lab;
  const poles = legsPoles(form);
  const exact = exactKernels(outputs, length, dt);
  return home.scope(async () => {
    const modes = zohModes(poles.lam, poles.b, dt);
    const kernels = await modeKernels(home, modes, rowsOf(form, outputs), length, 2);
    const repeated = new Float32Array(outputs * length);
    for (let n = 0; n < outputs; n++) repeated.set(values, n * length);
    const u = home.tensor([outputs, length], repeated);
    const outputOf = async (k: Tensor) => readRow(await fftConvolve(u, k));
    const kernel = await readRow(kernels);
    const output = await outputOf(kernels);
    const exactOutput = await outputOf(home.tensor([outputs, length], exact));
    return {
      kernel,
      exact,
      output,
      exactOutput,
      errorKernel: relativeError(kernel, exact),
      errorOutput: relativeError(output, exactOutput),
    };
  });
}
