/** The figures of scatterbrain that no other method has, from plain numbers. */
import type { HeatmapFigure, LinesFigure, ScatterFigure, SpectrumFigure, TableFigure } from '../../figures';
import { type TimedCurve, timeLengthFigure } from '../../timelength';
import { errorTimeFigure, mapFigures } from '../figures';
import type { Pictures } from './matrices';
import { METHODS } from './outputs';
import type { Numbers, ScatterValues } from './values';

export function pictureFigures({ maps, support }: Pictures): HeatmapFigure[] {
  return [
    ...mapFigures(maps, { label: 'exp(beta q.k)', scale: 'log' }),
    {
      kind: 'heatmap',
      ...support,
      label: 'share of pairs',
      scale: 'linear',
      palette: 'sequential',
      range: [0, 1],
      axes: { rows: 'query', cols: 'key' },
      group: 'maps',
    },
  ];
}

export function spectraFigure(v: ScatterValues, { spectra }: Pictures): SpectrumFigure {
  const labels = { exact: 'All entries', unpaired: 'Paired entries set to zero' } as const;
  const top = Math.max(...spectra.map(({ values }) => values[0] ?? 0));
  return {
    kind: 'spectrum',
    id: 'spectrum',
    title: 'Singular values of exp(beta Q K^T)',
    summary: `Leading singular values at inverse temperature ${v.beta}, by randomized SVD, with and without the entries that hashing pairs: what is left for the features.`,
    series: spectra.map(({ key, values }) => ({
      key,
      label: labels[key],
      role: key === 'exact' ? 'exact' : 'method',
      values,
    })),
    cut: { parameter: 'rank', at: v.rank },
    floor: 2 ** -23 * top,
  };
}

export function runningFigure(v: ScatterValues, running: readonly number[]): LinesFigure {
  const x = running.map((_, i) => i + 1);
  return {
    kind: 'lines',
    id: 'running-mean',
    title: 'Error of the mean over draws',
    summary: `Relative error of the mean of the first draws of the estimator at inverse temperature ${v.betaLow}: an unbiased one falls with the root of their number.`,
    x: { label: 'draws', scale: 'log' },
    y: { label: 'relative error of the matrix', scale: 'log' },
    series: [
      { key: 'scatterbrain', label: 'Scatterbrain', role: 'method', x, y: running },
      { key: 'root', label: 'slope -1/2', role: 'guide', x, y: x.map((t) => running[0] / Math.sqrt(t)) },
    ],
  };
}

export function tradeFigure(
  v: ScatterValues,
  m: Numbers,
  ms: Readonly<Record<string, number>>,
): ScatterFigure {
  return errorTimeFigure(
    METHODS.map(({ key, label, role }) => ({ key, label, role, ms: ms[key], error: m[`error.${key}`] })),
    `Relative error of the output against the time of one output with its hashing, ${v.n} tokens at inverse temperature ${v.beta}. Exact attention takes ${(m['time.exact'] ?? 0).toPrecision(3)} ms.`,
  );
}

export const timeFigure = (v: ScatterValues, curves: readonly TimedCurve[]): LinesFigure =>
  timeLengthFigure(
    curves,
    `Time of one output with its hashing against the number of tokens, d = ${v.d}; a curve ends before the point that would take more than a quarter of a second.`,
  );

export function regimesTable(v: ScatterValues, m: Numbers): TableFigure {
  return {
    kind: 'table',
    id: 'regimes',
    title: 'Errors in three regimes',
    summary: 'Relative error of the output, means over the draws, at the three inverse temperatures.',
    columns: [
      { key: 'method', label: 'Method' },
      { key: 'low', label: `beta = ${v.betaLow}` },
      { key: 'middle', label: `beta = ${v.beta}` },
      { key: 'high', label: `beta = ${v.betaHigh}` },
    ],
    rows: METHODS.map(({ key, label }) => ({
      method: label,
      low: m[`error.${key}.low`],
      middle: m[`error.${key}`],
      high: m[`error.${key}.high`],
    })),
  };
}
