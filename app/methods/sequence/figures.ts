/** Figures that the state space models share, with the same axes, so that they lie over one another. */
import type { Recall } from '../../testbeds/sequence';
import type {
  Figure,
  HeatmapFigure,
  LinesFigure,
  Role,
  ScatterFigure,
  Series,
  TableFigure,
} from '../figures';

export const counting = (length: number, from = 0, step = 1): number[] =>
  Array.from({ length }, (_, i) => from + i * step);

/** A curve over 0, 1, 2, ... */
export const curve = (
  key: string,
  label: string,
  role: Role,
  y: ArrayLike<number>,
  x: readonly number[] = counting(y.length),
): Series => ({ key, label, role, x, y: Array.from(y) });

export function lines(
  spec: Pick<LinesFigure, 'id' | 'title' | 'summary' | 'x' | 'y' | 'series'> & Partial<LinesFigure>,
): LinesFigure {
  return { kind: 'lines', ...spec };
}

/** Recall error against delay, the figure that compares memories. */
export function recallFigure(
  delays: readonly number[],
  curves: readonly { key: string; label: string; role: Role; recall: Recall }[],
): LinesFigure {
  const last = delays[delays.length - 1];
  return lines({
    id: 'recall',
    title: 'Recall of the past',
    summary: `Squared error, relative to the signal, of linear readouts that recall the input of up to ${last} steps ago, on steps that were not fitted. 1 is no memory.`,
    overlay: 'recall-delay',
    x: { label: 'delay', unit: 'steps', scale: 'linear' },
    y: { label: 'relative squared error', scale: 'log' },
    series: curves.map(({ key, label, role, recall }) => curve(key, label, role, recall.errors, [...delays])),
    marks: [{ axis: 'y', at: 1, label: 'no memory' }],
  });
}

export interface PoleSet {
  key: string;
  label: string;
  role: Role;
  re: ArrayLike<number>;
  im: ArrayLike<number>;
}

/** Eigenvalues in the complex plane. */
export function polesFigure(sets: readonly PoleSet[], summary: string, id = 'poles'): ScatterFigure {
  return {
    kind: 'scatter',
    id,
    title: 'Eigenvalues',
    summary,
    x: { label: 'real part', unit: '1/s', scale: 'linear' },
    y: { label: 'imaginary part', unit: '1/s', scale: 'linear' },
    points: [],
    lines: sets.map(({ key, label, role, re, im }) => ({
      key,
      label,
      role,
      x: Array.from(re),
      y: Array.from(im),
      points: true,
    })),
  };
}

/** States over time: one row a state, time along the columns, each state over its largest value. */
export function statesFigure(
  n: number,
  { values, cols, stride }: { values: Float32Array; cols: number; stride: number },
  what: string,
): HeatmapFigure {
  const shown = new Float32Array(values.length);
  for (let i = 0; i < n; i++) {
    let most = 0;
    for (let j = 0; j < cols; j++) most = Math.max(most, Math.abs(values[i * cols + j]));
    for (let j = 0; j < cols; j++) shown[i * cols + j] = most > 0 ? values[i * cols + j] / most : 0;
  }
  return {
    kind: 'heatmap',
    id: 'states',
    title: 'States over time',
    summary: `${what}: each of the ${n} rows over its own largest value, every ${stride === 1 ? '' : `${stride}th `}step.`,
    rows: n,
    cols,
    values: shown,
    label: 'state over its largest value',
    scale: 'linear',
    palette: 'diverging',
    range: [-1, 1],
    axes: {
      rows: 'state',
      cols: stride === 1 ? 'step' : `step / ${stride}`,
      quantity: { cols: 'step' },
      every: { cols: stride },
    },
  };
}

/** The signal and what the system makes of it, and that all views of the system agree. */
export function signalFigure(
  input: ArrayLike<number>,
  outputs: readonly Series[],
  id = 'signal',
  title = 'The signal through the system',
): LinesFigure {
  return lines({
    id,
    title,
    summary: 'The input (over its standard deviation) and the output of the system.',
    x: { label: 'step', scale: 'linear' },
    y: { label: 'value', scale: 'linear' },
    series: [curve('input', 'input', 'baseline', input), ...outputs],
  });
}

export interface View {
  name: string;
  how: string;
  /** Relative 2-norm of the difference from the first view. */
  difference: number | null;
  ms: number | null;
  flop: number;
}

/** Recurrent, convolutional and scan view of one system, side by side. */
export function viewsTable(views: readonly View[]): TableFigure {
  const worst = Math.max(...views.map(({ difference }) => difference ?? 0));
  return {
    kind: 'table',
    id: 'views',
    title: 'Three views of one system',
    summary: `The same output by every route: they agree to ${worst.toExponential(1)}.`,
    columns: [
      { key: 'name', label: 'view' },
      { key: 'how', label: 'how' },
      { key: 'difference', label: 'difference' },
      { key: 'ms', label: 'time', unit: 'ms' },
      { key: 'flop', label: 'work', unit: 'flop' },
    ],
    rows: views.map((view) => ({ ...view })),
  };
}

/** Error of every route against its time. */
export function errorTimeFigure(
  points: readonly { key: string; label: string; role: Role; error: number; ms: number }[],
): Figure {
  return {
    kind: 'scatter',
    id: 'error-time',
    title: 'Error against time',
    summary: 'What each route costs on this machine, and how far it is from the reference.',
    overlay: 'error-time',
    x: { label: 'time of one output', unit: 'ms', scale: 'log' },
    y: { label: 'relative error of the output', scale: 'log' },
    // A log axis has no zero: the reference is drawn at the last digit of float32.
    points: points
      .filter(({ ms }) => ms > 0)
      .map(({ key, label, role, error, ms }) => ({ key, label, role, x: ms, y: Math.max(error, 2 ** -24) })),
  };
}
