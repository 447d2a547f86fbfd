/** Time of one output of s4d against the length of the signal, by its three views. */
import { fftConvolve } from '../../../kernels/fftconvolve';
import type { Complex } from '../../../math/complex';
import type { Modes } from '../../../math/statespace';
import { modeKernels, modeOutput, modeStates } from '../../../testbeds/modes';
import { anySignal, deviceSignal } from '../../../testbeds/sequence';
import type { LinesFigure } from '../../figures';
import type { Lab } from '../../method';
import { timeLengthFigure, timeLengths } from '../../timelength';
import { LENGTHS, type TimeLimits } from '../times';

/** `known`: times of the views that the run has measured. */
export async function timeFigure(
  lab: Lab,
  { c, modes }: { c: Complex; modes: Modes },
  known: { length: number; recurrence: number; convolution: number; scan: number },
  limits: TimeLimits,
): Promise<LinesFigure> {
  const { home } = lab;
  const { length: at } = known;
  const curves = await timeLengths(lab, {
    lengths: LENGTHS.filter((length) => length <= 16 * at),
    routes: [
      {
        key: 's4d',
        label: 'Vandermonde kernel and FFT',
        role: 'method',
        power: 1,
        known: { length: at, ms: known.convolution },
      },
      {
        key: 'exact',
        label: 'recurrence',
        role: 'exact',
        power: 1,
        known: { length: at, ms: known.recurrence },
      },
      { key: 'scan', label: 'scan', role: 'baseline', power: 1, known: { length: at, ms: known.scan } },
    ],
    callsAt: async (length) => {
      const values = anySignal(length);
      const u = deviceSignal(home, values);
      const row = home.tensor([1, length], values);
      return {
        exact: async () => modeOutput(await modeStates(modes, u, length), c, 2),
        s4d: async () =>
          fftConvolve(row, home.reshape(await modeKernels(home, modes, [c], length, 2), [length])),
        scan: async () => modeOutput(await modeStates(modes, u), c, 2),
      };
    },
    ...limits,
    fraction: 0.98,
  });
  return timeLengthFigure(
    curves,
    `Time of one output with its kernel against the steps of the signal, ${c.re.length} complex modes: every view takes work in proportion to n or n log n, in n steps one after the other for the recurrence.`,
  );
}
