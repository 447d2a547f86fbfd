/** Convolution kernels of S4, S4D and the perturbed system with one random C, in discrete time. */
import { deviceSystem, readout, statesByBlocks } from '../../../kernels/recurrence';
import { type Complex, complexMatmul } from '../../../math/complex';
import { legs, type NormalForm, rowTimes } from '../../../math/hippo';
import { bilinear, bilinearModes } from '../../../math/statespace';
import { normals } from '../../../math/threefry';
import { legsPoles, modeKernels } from '../../../testbeds/modes';
import type { Lab } from '../../method';
import type { Perturbed } from './perturb';
import type { PtdValues } from './run';

/** Kernels of so many steps; S4's by powers of its dense matrix. */
export async function kernelsOf(
  lab: Lab,
  v: Pick<PtdValues, 'seed' | 'state' | 'dt'>,
  form: NormalForm,
  p: Perturbed,
  steps: number,
) {
  const { home } = lab;
  const n = v.state;
  const c = normals(v.seed, 10, n).map((x) => Math.fround(x / Math.sqrt(n)));
  const diagonal = legsPoles(form);
  const impulse = new Float64Array(steps);
  impulse[0] = 1;
  const read = rowOfProduct(c, p);
  return {
    s4: async () =>
      readout(
        await statesByBlocks(deviceSystem(home, bilinear(legs(n), v.dt)), home.tensor([steps, 1], impulse)),
        c,
      ),
    s4d: () =>
      modeKernels(home, bilinearModes(diagonal.lam, diagonal.b, v.dt), [rowTimes(form, c)], steps, 2),
    ptd: () => modeKernels(home, bilinearModes(p.mu, p.input, v.dt), [read], steps, 1),
  };
}

/** C W. */
function rowOfProduct(c: Float64Array, { w }: Perturbed): Complex {
  return complexMatmul({ rows: 1, cols: c.length, re: c, im: new Float64Array(c.length) }, w);
}
