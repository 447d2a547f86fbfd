/** What a person sees of s4-ptd. */
import { type NormalForm, polesOf } from '../../../math/hippo';
import type { HeatmapFigure, LinesFigure, Role, ScatterFigure } from '../../figures';
import { counting, curve, lines, polesFigure } from '../figures';
import { type Perturbed, pseudospectrum } from './perturb';

interface Deviation {
  key: string;
  label: string;
  role: Role;
  omega: Float64Array;
  values: Float64Array;
}

export function deviationFigure(curves: readonly Deviation[], omega: number): LinesFigure {
  return lines({
    id: 'deviation',
    title: 'Distance from S4 over frequency',
    summary:
      'Largest deviation of the transfer function over all outputs of norm 1. S4D is near at low frequencies and has a spike at each of its own; the perturbed system is equally near everywhere.',
    overlay: 'deviation-frequency',
    x: { label: 'frequency', unit: '1/s', scale: 'log' },
    y: { label: 'deviation', scale: 'log' },
    series: curves.map(({ key, label, role, omega: x, values }) => {
      const order = counting(x.length).sort((a, b) => x[a] - x[b]);
      return curve(
        key,
        label,
        role,
        order.map((i) => values[i]),
        order.map((i) => x[i]),
      );
    }),
    marks: [{ axis: 'x', at: omega, label: 'omega', parameter: 'omega' }],
  });
}

const WHAT = {
  clean: ['Output for the signal', 'Neither is far from S4 on a smooth signal.'],
  spike: ['Output with a cosine at a spike', 'S4D amplifies the one frequency it is wrong about.'],
  off: ['Output with a cosine between two spikes', 'Beside the spike nothing happens.'],
} as const;

export function outputFigure(
  name: keyof typeof WHAT,
  s4: Float64Array,
  s4d: Float64Array,
  ptd: Float64Array,
  errors: { s4d: number; ptd: number },
): LinesFigure {
  const from = Math.max(0, s4.length - 400);
  const x = counting(s4.length - from, from);
  const [title, says] = WHAT[name];
  return lines({
    id: `output-${name}`,
    title,
    summary: `The last ${x.length} steps. ${says} Relative error over all steps: S4D ${errors.s4d.toPrecision(2)}, perturbed ${errors.ptd.toPrecision(2)}.`,
    x: { label: 'step', scale: 'linear' },
    y: { label: 'output', scale: 'linear' },
    series: [
      curve('s4d', 'S4D', 'baseline', s4d.subarray(from), x),
      curve('exact', 'S4', 'exact', s4.subarray(from), x),
      curve('s4-ptd', 'perturbed', 'method', ptd.subarray(from), x),
    ],
  });
}

export function kernelsFigure(s4: Float64Array, s4d: Float64Array, ptd: Float64Array): LinesFigure {
  return lines({
    id: 'kernel',
    title: 'Kernels',
    summary: `Impulse responses of the three systems with one random output, the first ${s4.length} steps.`,
    x: { label: 'step', scale: 'linear' },
    y: { label: 'kernel', scale: 'linear' },
    series: [
      curve('s4d', 'S4D', 'baseline', s4d),
      curve('exact', 'S4', 'exact', s4),
      curve('s4-ptd', 'perturbed', 'method', ptd),
    ],
  });
}

export function polesOfAll(form: NormalForm, p: Perturbed): ScatterFigure {
  const { re, im } = polesOf(form);
  return polesFigure(
    [
      { key: 's4-ptd', label: 'perturbed', role: 'method', ...p.mu },
      {
        key: 's4d',
        label: 'S4D',
        role: 'baseline',
        re: [...re, ...re],
        im: [...im, ...im.map((w) => -w)],
      },
      {
        key: 'exact',
        label: 'A itself',
        role: 'exact',
        re: counting(form.n).map((k) => -(k + 1)),
        im: counting(form.n).map(() => 0),
      },
    ],
    `A perturbation of size ${p.size.toExponential(1)} moves the real eigenvalues -1 to -${form.n} far apart, so badly are they conditioned; the system as a whole moves as little as the perturbation.`,
  );
}

/** log10 of the resolvent's norm: where a small perturbation can put an eigenvalue. */
export function pseudospectrumFigure(form: NormalForm): HeatmapFigure {
  const { n } = form;
  const [cols, rows] = [64, 48];
  const re = counting(cols).map((i) => -1.5 * n + (1.75 * n * i) / (cols - 1));
  const im = counting(rows).map((i) => n - (2 * n * i) / (rows - 1));
  return {
    kind: 'heatmap',
    id: 'pseudospectrum',
    title: 'Pseudospectrum of A',
    summary: `log10 of the norm of (s - A)^-1 for real parts from ${re[0].toPrecision(3)} to ${re[cols - 1].toPrecision(3)} (left to right) and imaginary parts from ${n} (top) to -${n}: where it is k, a perturbation of size 10^-k can put an eigenvalue.`,
    rows,
    cols,
    values: pseudospectrum(n, re, im),
    label: 'log10 of the resolvent norm',
    scale: 'linear',
    palette: 'sequential',
    axes: { rows: 'imaginary part', cols: 'real part' },
  };
}

export function tradeFigure(
  points: readonly { eps: number; kappa: number; sup: number; stable: boolean }[],
  spikes: number,
): LinesFigure {
  const x = points.map(({ eps }) => eps);
  const unstable = points.filter(({ stable }) => !stable).map(({ eps }) => eps);
  return lines({
    id: 'trade',
    title: 'The price of a perturbation',
    summary: `Smaller perturbations stay nearer to S4 (slope 1) but have worse eigenvectors (slope -1), whose rounding in float32 takes over at the left; ${unstable.length > 0 ? `from eps ${unstable[0]} on the system is unstable` : 'all are stable'}. S4D has ${2 * spikes} spikes whatever its size.`,
    x: { label: 'eps', scale: 'log' },
    y: { label: 'condition number, deviation', scale: 'log' },
    series: [
      curve(
        's4-ptd',
        'largest deviation',
        'method',
        points.map(({ sup }) => sup),
        x,
      ),
      curve(
        'kappa',
        'condition number of W',
        'baseline',
        points.map(({ kappa }) => kappa),
        x,
      ),
    ],
    marks: unstable.length > 0 ? [{ axis: 'x', at: unstable[0], label: 'unstable' }] : [],
  });
}
