/** The figures of ssm-scan, from plain numbers. */
import type { BarsFigure, HeatmapFigure, LinesFigure, SpectrumFigure } from '../../figures';
import { type TimedCurve, timeLengthFigure } from '../../timelength';
import { counting, curve, lines } from '../figures';
import type { ScanValues } from './data';
import type { Selection } from './selection';
import { ROUTES, routeLabel, type TimeCurves, type TimedRoute } from './timing';

const lengths = [256, 1024, 4096, 16384, 65536];

const FIXED: readonly TimedRoute[] = ['sequential', 'hillis', 'blelloch', 'chunked', 'fft'];

/** Two figures: routes of the time-invariant system, and of the selective models. */
export function timeFigures(curves: TimeCurves, v: ScanValues): LinesFigure[] {
  const what = `Milliseconds at ${v.d} channels with ${v.state} states; a route that would take longer than a fifth of a second ends early`;
  const marks = [{ axis: 'x', at: v.length, label: 'L', parameter: 'length' }] as const;
  // Step by step is the reference, and one route stands for the method where methods are laid over one another.
  const named = (routes: readonly TimedRoute[], main: TimedRoute): TimedCurve[] =>
    routes.map((route) => ({
      key: route === 'sequential' ? 'exact' : route === main ? 'ssm-scan' : route,
      label: routeLabel[route],
      role: route === 'sequential' ? 'exact' : route === main ? 'method' : 'baseline',
      points: curves[route],
    }));
  const selective = ROUTES.filter((route) => !FIXED.includes(route));
  const { overlay: _, ...second } = timeLengthFigure(
    named(selective, 'selective'),
    `${what}, the one matrix at 4096.`,
    marks,
  );
  return [
    {
      ...timeLengthFigure(named(FIXED, 'chunked'), `${what}.`, marks),
      title: 'Time against length, fixed decays',
    },
    { ...second, id: 'time-selective', title: 'Time against length, selective' },
  ];
}

export function passesFigure(v: ScanValues): LinesFigure {
  const q = (length: number) => Math.min(v.chunk, length);
  return lines({
    id: 'passes',
    title: 'Dependent passes',
    summary:
      'Steps that must wait for one another, which is the time on a machine with enough lanes: all of them step by step, their logarithm in a scan.',
    x: { label: 'length L', unit: 'steps', scale: 'log' },
    y: { label: 'passes', scale: 'log' },
    series: [
      curve('sequential', 'Step by step', 'exact', lengths, lengths),
      curve(
        'chunked',
        `Chunks of ${v.chunk}`,
        'method',
        lengths.map((length) => length / q(length) + Math.log2(q(length))),
        lengths,
      ),
      curve(
        'blelloch',
        'Blelloch',
        'baseline',
        lengths.map((length) => 2 * Math.log2(length)),
        lengths,
      ),
      curve(
        'hillis',
        'Hillis-Steele',
        'baseline',
        lengths.map((length) => Math.log2(length)),
        lengths,
      ),
    ],
    marks: [{ axis: 'x', at: v.length, label: 'L', parameter: 'length' }],
  });
}

/** |M| of a window on the diagonal, an empty row and column where a chunk ends. */
export function matrixFigure(
  m: ArrayLike<number>,
  size: number,
  first: number,
  chunk: number,
): HeatmapFigure {
  const q = Math.min(chunk, size);
  const grid = size / q - 1;
  const side = size + grid;
  const at = (i: number): number => i + Math.floor(i / q);
  const values = new Float32Array(side * side).fill(Number.NaN);
  let largest = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = Math.abs(m[i * size + j]);
      values[at(i) * side + at(j)] = value;
      largest = Math.max(largest, value);
    }
  }
  return {
    kind: 'heatmap',
    id: 'matrix',
    title: 'The selective model as a matrix',
    summary: `Absolute entries of M, head 1, rows and columns ${first} to ${first + size - 1}, with gaps where chunks of ${q} steps meet. Blocks on the diagonal are multiplied as they are; those below pass through the state.`,
    rows: side,
    cols: side,
    values,
    label: '|M|',
    scale: 'log',
    palette: 'sequential',
    range: [largest * 1e-4, largest],
    axes: { rows: 'output step', cols: 'input step' },
  };
}

export function blockSpectrum(sigma: readonly number[], v: ScanValues, size: number): SpectrumFigure {
  return {
    kind: 'spectrum',
    id: 'block',
    title: 'Singular values of a block below the diagonal',
    summary: `The ${size} x ${size} block of M left of the middle row. After ${Math.min(v.state, v.d)} values there is nothing but rounding: the block has the rank of the states${v.d < v.state ? ', here limited by the channels' : ''}.`,
    series: [{ key: 'block', label: 'Block of M', role: 'method', values: sigma }],
    cut: { parameter: 'state', at: v.state },
    floor: 2 ** -23 * (sigma[0] ?? 0),
  };
}

/** Steps that are shown of the recall: enough for some ten marks. */
function windowOf(v: ScanValues): [from: number, to: number] {
  const from = v.signal / 2;
  const steps = Math.min(from, Math.max(64, Math.min(512, Math.round(10 / v.markRate))));
  return [from, from + steps];
}

export function recallFigure(selection: Selection, v: ScanValues): LinesFigure {
  const [from, to] = windowOf(v);
  const x = counting(to - from, from);
  const { task, selective, best, bank } = selection;
  const marked = x.filter((t) => task.marks[t] > 0);
  return lines({
    id: 'selection',
    title: 'Remembering the marked value',
    summary:
      'The target holds the value at the last mark (dots). The selective state follows it; linear filters, which weigh all steps alike, cannot. Test steps only.',
    x: { label: 'step', scale: 'linear' },
    y: { label: 'value', scale: 'linear' },
    series: [
      curve('target', 'Target', 'exact', task.target.subarray(from, to), x),
      curve('selective', 'Selective state', 'method', selective.subarray(from, to), x),
      curve('best', 'Best linear filter', 'bound', best.subarray(from, to), x),
      curve('bank', 'Bank of filters', 'baseline', bank.subarray(0, to - from), x),
      {
        key: 'marks',
        label: 'Marked values',
        role: 'guide',
        x: marked,
        y: marked.map((t) => task.values[t]),
        points: true,
      },
    ],
  });
}

export function valuesFigure(selection: Selection, v: ScanValues): LinesFigure {
  const [from, to] = windowOf(v);
  const x = counting(to - from, from);
  const { task } = selection;
  return lines({
    id: 'values',
    title: 'Values and marks',
    summary: `What goes in: a value at every step, of which ${(100 * v.markRate).toPrecision(2)} % are marked.`,
    x: { label: 'step', scale: 'linear' },
    y: { label: 'value', scale: 'linear' },
    series: [
      curve('values', 'Values', 'baseline', task.values.subarray(from, to), x),
      curve('marks', 'Marks', 'method', task.marks.subarray(from, to), x),
    ],
  });
}

/** Step sizes of one channel over time. */
export function stepFigure(delta: ArrayLike<number>, d: number, base: number): LinesFigure {
  const steps = Math.min(512, delta.length / d);
  return lines({
    id: 'steps',
    title: 'Step size of one channel',
    summary:
      'The selective model takes a long step (forgets and listens) or a short one (holds) as the input says; the line is the step without input.',
    x: { label: 'step', scale: 'linear' },
    y: { label: 'step size', scale: 'log' },
    series: [
      curve(
        'delta',
        'Channel 1',
        'method',
        Array.from({ length: steps }, (_, t) => delta[t * d]),
      ),
    ],
    marks: [{ axis: 'y', at: base, label: 'without input' }],
  });
}

const BARS: Readonly<Record<string, string>> = {
  'error.hillis': 'Hillis-Steele',
  'error.blelloch': 'Blelloch',
  'error.chunked': 'Chunked',
  'error.fft': 'FFT',
  'error.selective': 'Selective, Blelloch',
  'error.selective.chunked': 'Selective, chunked',
  'error.ssd': 'Dual, blocks',
  'error.ssd.dense': 'Dual, one matrix',
};

export function errorFigure(metrics: Readonly<Record<string, number | null>>): BarsFigure {
  const shown = Object.entries(BARS).filter(([key]) => (metrics[key] ?? 0) > 0);
  return {
    kind: 'bars',
    id: 'errors',
    title: 'Routes against the step-by-step form',
    summary: 'Relative error of every route: rounding only, since all compute the same numbers.',
    y: { label: 'relative error', scale: 'log' },
    bars: shown.map(([key, label]) => ({
      key,
      label,
      role: key.includes('selective') ? 'method' : 'baseline',
      value: metrics[key] ?? 0,
    })),
    marks: [{ axis: 'y', at: 1e-4, label: 'must hold' }],
  };
}
