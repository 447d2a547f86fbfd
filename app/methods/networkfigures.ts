/** The pictures that all methods on the network testbeds share, so that runs can be laid over one another. */
import type { Curve } from '../testbeds/training';
import type { Figure, LinesFigure, Role, ScatterFigure, Series, TableFigure } from './figures';

/** One trained network among those that are compared. */
export interface Entry {
  /** The method's id for its own, plain names ('full', 'lora') for the others. */
  key: string;
  label: string;
  role: Role;
  curve: Curve;
  /** Trained numbers. */
  trained: number;
  /** Bytes of optimizer state. */
  stateBytes: number;
  /** Singular values of W - W_start, layer by layer; empty where they were not computed. */
  spectra: readonly (readonly number[])[];
}

const ROUNDING = 1e-5;

const short = (x: number): string => (x === 0 ? '0' : x.toPrecision(3));
const last = (values: readonly number[]): number => values[values.length - 1];

/** Evaluation loss against step, log y; the frozen network as a line. */
export function lossFigure(entries: readonly Entry[], frozen: number | null): LinesFigure {
  const series: Series[] = entries.map(({ key, label, role, curve }) => ({
    key,
    label,
    role,
    x: [...curve.steps],
    y: [...curve.losses],
  }));
  const ends = entries.map(({ label, curve }) => `${label} ${short(last(curve.losses))}`).join(', ');
  return {
    kind: 'lines',
    id: 'loss',
    title: 'Evaluation loss while training',
    overlay: 'loss-steps',
    summary: `Loss on the evaluation rows, relative to predicting zero. Now: ${ends}.`,
    x: { label: 'Step', scale: 'linear' },
    y: { label: 'Loss', unit: 'relative', scale: 'log' },
    series,
    marks: frozen === null ? [] : [{ axis: 'y', at: frozen, label: 'before training' }],
  };
}

/** Singular values of the weight change of every layer, one picture a layer. */
export function spectrumFigures(entries: readonly Entry[]): LinesFigure[] {
  const shown = entries.filter(({ spectra }) => spectra.length > 0);
  const layers = Math.max(0, ...shown.map(({ spectra }) => spectra.length));
  return Array.from({ length: layers }, (_, l) => {
    const series = shown.flatMap(({ key, label, role, spectra }): Series[] => {
      // Below it there is only the rounding of W + dW in float32.
      const values = spectra[l].filter((s) => s > ROUNDING * spectra[l][0]);
      const x = values.map((_value, i) => i + 1);
      return values.length > 0 ? [{ key, label, role, x, y: values }] : [];
    });
    const ranks = series.map(({ label, y }) => `${label}: ${y.length}`).join(', ');
    return {
      kind: 'lines',
      id: `spectrum-${l + 1}`,
      title: `Spectrum of the weight change, layer ${l + 1}`,
      overlay: `spectrum-change-${l + 1}`,
      summary: `Singular values of what training added to W_${l + 1}. Above 1e-5 of the largest: ${ranks || 'none yet'}.`,
      x: { label: 'Index', scale: 'linear' },
      y: { label: 'Singular value', scale: 'log' },
      series,
    };
  });
}

/** Final loss against trained numbers, log-log; `sweeps` are lines over ranks. */
export function paretoFigure(
  entries: readonly Entry[],
  frozen: number | null,
  sweeps: readonly Series[] = [],
): ScatterFigure {
  const points = entries
    .filter(({ trained }) => trained > 0)
    .map(({ key, label, role, curve, trained }) => ({ key, label, role, x: trained, y: last(curve.losses) }));
  const all = [...points.map(({ x }) => x), ...sweeps.flatMap(({ x }) => x)];
  const guide: Series[] =
    frozen === null || all.length === 0
      ? []
      : [
          {
            key: 'frozen',
            label: 'before training',
            role: 'guide',
            x: [Math.min(...all), Math.max(...all)],
            y: [frozen, frozen],
          },
        ];
  return {
    kind: 'scatter',
    id: 'loss-params',
    title: 'Loss against trained numbers',
    overlay: 'loss-params',
    summary: `Below and to the left is better. ${points.map(({ label, x, y }) => `${label}: ${short(y)} with ${x}`).join('; ')}.`,
    x: { label: 'Trained numbers', scale: 'log' },
    y: { label: 'Loss after training', unit: 'relative', scale: 'log' },
    points,
    lines: [...guide, ...sweeps],
  };
}

/** What every run trains and keeps. */
export function costTable(entries: readonly Entry[], full: number): TableFigure {
  return {
    kind: 'table',
    id: 'cost',
    title: 'What is trained, and what it takes',
    summary:
      'Trained numbers, their share of all weights, bytes of optimizer state in float32, and the loss.',
    columns: [
      { key: 'run', label: 'Run' },
      { key: 'trained', label: 'Numbers' },
      { key: 'share', label: 'Share', unit: '%' },
      { key: 'state', label: 'State', unit: 'B' },
      { key: 'loss', label: 'Loss' },
    ],
    rows: entries.map(({ label, trained, stateBytes, curve }) => ({
      run: label,
      trained,
      share: Math.round((1000 * trained) / full) / 10,
      state: stateBytes,
      loss: last(curve.losses),
    })),
  };
}

/** All of them, in the order of the page. */
export const networkFigures = (
  entries: readonly Entry[],
  frozen: number | null,
  full: number,
  sweeps: readonly Series[] = [],
): Figure[] => [
  lossFigure(entries, frozen),
  ...spectrumFigures(entries),
  paretoFigure(entries, frozen, sweeps),
  costTable(entries, full),
];
