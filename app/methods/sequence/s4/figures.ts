/** What a person sees of s4. */
import { legendreBasis } from '../../../math/hippo';
import type { Figure, HeatmapFigure, LinesFigure, ScatterFigure } from '../../figures';
import { counting, curve, lines, polesFigure, signalFigure, statesFigure } from '../figures';
import type { Model } from './model';

export function kernelFigure(
  dt: number,
  fast: Float64Array,
  reference: Float64Array,
  direct: Float64Array | null,
): LinesFigure {
  let most = 0;
  for (const value of reference) most = Math.max(most, Math.abs(value));
  // The direct route leaves the picture: it is drawn as far as it stays near.
  const near = direct?.map((value) => (Math.abs(value) <= 3 * most ? value : Number.NaN));
  const lost = near && !near.some(Number.isFinite);
  return lines({
    id: 'kernel',
    title: 'Kernel',
    summary: `C A^k B over ${reference.length} steps of ${dt.toPrecision(3)}: the Cauchy sums lie on the powers of A; diagonalizing A directly ${lost ? 'is nowhere near' : 'leaves the picture where it is off'}.`,
    x: { label: 'step', scale: 'linear' },
    y: { label: 'kernel', scale: 'linear' },
    series: [
      curve('exact', 'powers of A', 'exact', reference),
      curve('s4', 'Cauchy sums and FFT', 'method', fast),
      ...(near && !lost ? [curve('direct', 'direct diagonalization', 'baseline', near)] : []),
    ],
  });
}

/** A few states of the impulse against the functions they tend to. */
export function impulseFigure(
  dt: number,
  { n, steps, values }: { n: number; steps: number; values: Float64Array },
): LinesFigure {
  const shown = [0, 1, 2, 4, 8].filter((i) => i < n);
  const times = counting(steps).map((k) => (k + 0.5) * dt);
  return lines({
    id: 'impulse',
    title: 'Impulse response of the states',
    summary:
      'States after one unit impulse: sqrt(2n+1) e^-t P_n(2 e^-t - 1), a Legendre polynomial of the past each.',
    x: { label: 'time', unit: 's', scale: 'linear' },
    y: { label: 'state', scale: 'linear' },
    series: shown.map((i) =>
      curve(
        `state${i}`,
        `n = ${i}`,
        i === 0 ? 'method' : 'baseline',
        counting(steps).map((k) => values[k * n + i]),
        times,
      ),
    ),
  });
}

export function polesOfModel({ lam, form }: Model): ScatterFigure {
  const im = Array.from(lam.im);
  const both = [...im, ...im.filter((w) => w > 0).map((w) => -w)];
  return polesFigure(
    [
      { key: 's4', label: 'normal part A + P P^T', role: 'method', re: both.map(() => -0.5), im: both },
      {
        key: 'exact',
        label: 'A itself',
        role: 'exact',
        re: counting(form.n).map((k) => -(k + 1)),
        im: counting(form.n).map(() => 0),
      },
    ],
    `A has the real eigenvalues -1 to -${form.n}; its normal part has all on the line -1/2, up to ${Math.max(...im).toPrecision(3)}.`,
  );
}

export function basisFigure(): LinesFigure {
  const times = counting(241).map((i) => i / 40);
  const count = 5;
  const basis = legendreBasis(times, count);
  return lines({
    id: 'basis',
    title: 'Functions that the states follow',
    summary:
      'sqrt(2n+1) e^-t P_n(2 e^-t - 1), orthonormal for the weight e^t: the memory of LegS, five of them.',
    x: { label: 'time', unit: 's', scale: 'linear' },
    y: { label: 'value', scale: 'linear' },
    series: counting(count).map((n) =>
      curve(
        `n${n}`,
        `n = ${n}`,
        n === 0 ? 'method' : 'baseline',
        times.map((t, j) => Math.exp(-t) * basis[j * count + n]),
        times,
      ),
    ),
  });
}

export const outputFigure = (input: Float32Array, recurrent: Float64Array, convolved: Float64Array): Figure =>
  signalFigure(input, [
    curve('exact', 'recurrence', 'exact', recurrent),
    curve('s4', 'FFT convolution', 'method', convolved),
  ]);

export const stateHeatmap = (n: number, thin: Parameters<typeof statesFigure>[1]): HeatmapFigure =>
  statesFigure(n, thin, 'The states of S4 while the signal passes');

export function historyFigure(
  past: Float32Array,
  full: Float64Array,
  quarter: Float64Array,
  n: number,
  dt: number,
): LinesFigure {
  // A log axis begins at 1, and needs no more points far back than near.
  const steps = [...new Set(counting(600).map((i) => Math.round(past.length ** (i / 599)) - 1))];
  const x = steps.map((j) => j + 1);
  const at = (values: ArrayLike<number>): number[] => steps.map((j) => values[j]);
  return lines({
    id: 'history',
    title: 'History rebuilt from the last state',
    summary: `${n} numbers hold the whole past: sharp for what is recent, smooth beyond ${Math.round(1 / dt)} steps.`,
    x: { label: 'steps into the past', scale: 'log' },
    y: { label: 'signal', scale: 'linear' },
    series: [
      curve('exact', 'true history', 'exact', at(past), x),
      curve('s4', `${n} states`, 'method', at(full), x),
      curve('quarter', `${Math.max(1, Math.floor(n / 4))} states`, 'baseline', at(quarter), x),
    ],
  });
}

interface Measured {
  n: number;
  length: number;
  cauchy: number;
  direct: number;
}

export function sizeFigure(points: readonly Measured[]): LinesFigure {
  const x = points.map(({ n }) => n);
  return lines({
    id: 'error-state',
    title: 'Error of the kernel against the number of states',
    summary:
      'Cauchy sums stay exact; direct diagonalization (float64) loses everything as its eigenvectors grow like 2^(4N/3).',
    x: { label: 'states N', scale: 'log' },
    y: { label: 'relative error', scale: 'log' },
    series: [
      curve(
        's4',
        'Cauchy sums and FFT',
        'method',
        points.map(({ cauchy }) => cauchy),
        x,
      ),
      curve(
        'direct',
        'direct diagonalization',
        'baseline',
        points.map(({ direct }) => direct),
        x,
      ),
    ],
    marks: [{ axis: 'y', at: 1, label: 'nothing left' }],
  });
}

export function lengthFigure(points: readonly Measured[]): LinesFigure {
  return lines({
    id: 'error-length',
    title: 'Error against length',
    summary: 'Kernel by Cauchy sums against powers of A, both on this device.',
    overlay: 'error-length',
    x: { label: 'length L', unit: 'steps', scale: 'log' },
    y: { label: 'relative error', scale: 'log' },
    series: [
      curve(
        's4',
        'S4, Cauchy sums',
        'method',
        points.map(({ cauchy }) => cauchy),
        points.map(({ length }) => length),
      ),
    ],
  });
}
