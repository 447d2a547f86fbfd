/** What a person sees of s4d. */
import { type NormalForm, polesOf } from '../../../math/hippo';
import { inversePoles, linearPoles, realPoles } from '../../../testbeds/modes';
import type { LinesFigure, ScatterFigure } from '../../figures';
import { counting, curve, lines, polesFigure } from '../figures';
import type { Limit } from './limit';

export function basisFigure(
  dt: number,
  n: number,
  exact: Float64Array,
  length: number,
  kernels: readonly { n: number; kernel: Float64Array }[],
): LinesFigure {
  // Every step at the beginning, where the ripple sits, and a coarse rest.
  const shown = counting(length).filter((k) => k < 128 || k % Math.ceil(length / 512) === 0);
  const times = shown.map((k) => (k + 0.5) * dt);
  const at = (values: ArrayLike<number>, from = 0) => shown.map((k) => values[from + k] / dt);
  return lines({
    id: 'basis',
    title: `Basis function ${n} of S4 and of its diagonal part`,
    summary:
      'The diagonal system follows S4 but for a ripple that gets faster, not smaller, with more states: at t = 0 it is half the limit for every N.',
    x: { label: 'time', unit: 's', scale: 'linear' },
    y: { label: 'kernel / dt', scale: 'linear' },
    series: [
      ...kernels.map(({ n: states, kernel }) =>
        curve(
          `n${states}`,
          `S4D-LegS, N = ${states}`,
          states === 64 ? 'method' : 'baseline',
          at(kernel),
          times,
        ),
      ),
      curve('exact', 'S4-LegS', 'exact', at(exact, n * length), times),
    ],
  });
}

export function outputsFigure(
  n: number,
  length: number,
  full: Limit,
  quarter: Limit,
  states: number,
): LinesFigure {
  const part = (values: Float64Array) => values.subarray(n * length, (n + 1) * length);
  return lines({
    id: 'outputs',
    title: `Output of basis function ${n} for the signal`,
    summary:
      'On a smooth input the ripple of the kernel averages out: the diagonal system tends to S4 at rate 1/N.',
    x: { label: 'step', scale: 'linear' },
    y: { label: 'output', scale: 'linear' },
    series: [
      curve('exact', 'S4-LegS', 'exact', part(full.exactOutput)),
      curve('s4d', `S4D-LegS, N = ${states}`, 'method', part(full.output)),
      curve('quarter', `S4D-LegS, N = ${states / 4}`, 'baseline', part(quarter.output)),
    ],
  });
}

export function initialPoles(n: number, form: NormalForm): ScatterFigure {
  return polesFigure(
    [
      { key: 's4d', label: 'S4D-LegS', role: 'method', ...polesOf(form) },
      { key: 'inv', label: 'S4D-Inv', role: 'baseline', ...inversePoles(n).lam },
      { key: 'lin', label: 'S4D-Lin', role: 'baseline', ...linearPoles(n).lam },
      { key: 'real', label: 'S4D-Real', role: 'exact', ...realPoles(n).lam },
    ],
    'Initial poles (of each conjugate pair the upper one): three sets on the line -1/2 with different spreads, and the real ones of LegS itself.',
  );
}

export function frequencyFigure(n: number, form: NormalForm): LinesFigure {
  const sorted = (values: Float64Array) => Array.from(values).sort((a, b) => b - a);
  const x = counting(n / 2, 1);
  return lines({
    id: 'frequencies',
    title: 'Frequencies of the modes',
    summary:
      'Imaginary parts, largest first: S4D-Inv follows LegS, a few fast modes and many slow ones; S4D-Lin is even.',
    x: { label: 'mode', scale: 'linear' },
    y: { label: 'imaginary part', unit: '1/s', scale: 'log' },
    series: [
      curve('s4d', 'S4D-LegS', 'method', sorted(polesOf(form).im), x),
      curve('inv', 'S4D-Inv', 'baseline', sorted(inversePoles(n).lam.im), x),
      curve('lin', 'S4D-Lin', 'baseline', sorted(linearPoles(n).lam.im), x),
    ],
  });
}

export function rateFigure(points: readonly { n: number; kernel: number; output: number }[]): LinesFigure {
  const x = points.map(({ n }) => n);
  const first = points[0].output;
  return lines({
    id: 'error-state',
    title: 'Distance from S4 against the number of states',
    summary:
      'The output tends to that of S4 like 1/N. The kernel keeps its ripple until that is faster than a step, which then averages it out: its error stays large while dt w is below pi.',
    x: { label: 'states N', scale: 'log' },
    y: { label: 'relative error', scale: 'log' },
    series: [
      curve(
        's4d',
        'output',
        'method',
        points.map(({ output }) => output),
        x,
      ),
      curve(
        'kernel',
        'kernel',
        'baseline',
        points.map(({ kernel }) => kernel),
        x,
      ),
      curve(
        'slope',
        '1/N',
        'guide',
        x.map((n) => (first * x[0]) / n),
        x,
      ),
    ],
  });
}

export function lengthFigure(points: readonly { length: number; error: number }[]): LinesFigure {
  return lines({
    id: 'error-length',
    title: 'Error against length',
    summary: 'Convolution with the Vandermonde kernel against the recurrence, both on this device.',
    overlay: 'error-length',
    x: { label: 'length L', unit: 'steps', scale: 'log' },
    y: { label: 'relative error', scale: 'log' },
    series: [
      curve(
        's4d',
        'S4D, Vandermonde',
        'method',
        points.map(({ error }) => error),
        points.map(({ length }) => length),
      ),
    ],
  });
}
