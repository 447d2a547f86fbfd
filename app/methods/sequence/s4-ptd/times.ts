/** Time of one output against the length of the signal: kernel and convolution of S4, S4D and the perturbed system. */
import { fftConvolve } from '../../../kernels/fftconvolve';
import type { NormalForm } from '../../../math/hippo';
import { anySignal } from '../../../testbeds/sequence';
import type { LinesFigure } from '../../figures';
import type { Lab } from '../../method';
import { type TimedRoute, timeLengthFigure, timeLengths } from '../../timelength';
import { LENGTHS, type TimeLimits } from '../times';
import { kernelsOf } from './kernels';
import type { Perturbed } from './perturb';
import type { PtdValues } from './run';

export async function timeFigure(
  lab: Lab,
  v: PtdValues,
  form: NormalForm,
  perturbed: Perturbed,
  most: number,
  limits: TimeLimits,
): Promise<LinesFigure> {
  const { home } = lab;
  const sweep = (routes: readonly TimedRoute[]) =>
    timeLengths(lab, {
      lengths: LENGTHS.filter((length) => length <= most),
      routes,
      callsAt: async (length) => {
        const row = home.tensor([1, length], anySignal(length));
        const kernels = await kernelsOf(lab, v, form, perturbed, length);
        const output = (kernel: keyof typeof kernels) => async () =>
          fftConvolve(row, home.reshape(await kernels[kernel](), [length]));
        return { exact: output('s4'), 's4-ptd': output('ptd'), s4d: output('s4d') };
      },
      patienceMs: limits.patienceMs,
      budgetMs: limits.budgetMs / 2, // there are two sweeps
      fraction: 0.95,
    });
  const diagonal = await sweep([
    { key: 's4-ptd', label: 'perturbed', role: 'method', power: 1 },
    { key: 's4d', label: 'S4D', role: 'baseline', power: 1 },
  ]);
  // Blocks of 64 steps cost much whatever the length: twice as long for four times the length at the least.
  const dense = await sweep([{ key: 'exact', label: 'S4, powers of A', role: 'exact', power: 0.5 }]);
  return timeLengthFigure(
    [...diagonal, ...dense],
    `Time of one output, kernel and convolution, against the steps of the signal: ${v.state} complex modes of the perturbed system, ${v.state / 2} of S4D, a dense ${v.state} x ${v.state} matrix of S4.`,
  );
}
