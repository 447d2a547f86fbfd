/** Time of one output of s4 against the length of the signal, by its three views. */
import { fftConvolve } from '../../../kernels/fftconvolve';
import { deviceSystem, readout, statesByBlocks, statesByRecurrence } from '../../../kernels/recurrence';
import { anySignal, deviceSignal } from '../../../testbeds/sequence';
import type { LinesFigure } from '../../figures';
import type { Lab } from '../../method';
import { timeLengthFigure, timeLengths } from '../../timelength';
import { LENGTHS, type TimeLimits } from '../times';
import { cauchyKernel, type Model, modelOfLength } from './model';

/** `known`: times of the views that the run has measured. */
export async function timeFigure(
  lab: Lab,
  model: Model,
  known: { length: number; recurrence: number; convolution: number; scan: number },
  limits: TimeLimits,
): Promise<LinesFigure> {
  const { home } = lab;
  const { length: at } = known;
  const curves = await timeLengths(lab, {
    lengths: LENGTHS.filter((length) => length <= 16 * model.length),
    // The method first: where the time is short, the others end early.
    routes: [
      {
        key: 's4',
        label: 'Cauchy kernel and FFT',
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
      {
        key: 'scan',
        label: 'blocked scan',
        role: 'baseline',
        power: 1,
        known: { length: at, ms: known.scan },
      },
    ],
    callsAt: async (length) => {
      const values = anySignal(length);
      const u = deviceSignal(home, values);
      const row = home.tensor([1, length], values);
      const system = deviceSystem(home, model.discrete);
      const longer = modelOfLength(home, model, length);
      return {
        exact: async () => readout(await statesByRecurrence(system, u), model.c),
        s4: async () => fftConvolve(row, home.reshape(await cauchyKernel(longer), [longer.padded])),
        scan: async () => readout(await statesByBlocks(system, u), model.c),
      };
    },
    ...limits,
    fraction: 0.97,
  });
  return timeLengthFigure(
    curves,
    `Time of one output with its kernel against the steps of the signal, ${model.n} states: the recurrence takes n steps of ${model.n}^2 operations one after the other, the kernel n log n.`,
  );
}
