/** The figures of lowrank-attention that no other method has, from plain numbers. */
import type { LinesFigure, ScatterFigure, SpectrumFigure, TableFigure } from '../../figures';
import { type TimedCurve, timeLengthFigure } from '../../timelength';
import { errorTimeFigure } from '../figures';
import { METHODS, type Spectrum } from './curves';
import type { Histogram } from './estimates';
import type { LowRankValues, Numbers } from './values';

export function spectrumFigure(v: LowRankValues, all: readonly Spectrum[]): SpectrumFigure {
  const top = Math.max(...all.map(({ values }) => values[0] ?? 0));
  return {
    kind: 'spectrum',
    id: 'spectrum',
    title: 'Singular values of the attention matrix',
    summary: `Leading singular values at inverse temperatures ${all.map(({ beta }) => beta).join(', ')}, by randomized SVD: the lower the temperature, the slower they fall.`,
    series: all.map(({ beta, values }) => ({
      key: `beta-${beta}`,
      label: `beta = ${beta}`,
      role: beta === v.beta ? 'method' : 'baseline',
      values,
    })),
    cut: { parameter: 'rank', at: v.rank },
    floor: 2 ** -23 * top,
  };
}

export function histogramFigure(v: LowRankValues, h: Histogram): LinesFigure {
  const share = (h.negative * 100).toFixed(1);
  return {
    kind: 'lines',
    id: 'ratios',
    title: 'Estimated over true entries',
    summary: `Share of the entries of exp(${v.betaHigh} Q K^T) by estimated over true value, ${v.rank} features; the ends collect what lies beyond. ${share} % of the trigonometric estimates are negative.`,
    x: { label: 'estimated / true', scale: 'linear' },
    y: { label: 'share of entries', scale: 'linear' },
    series: [
      { key: 'positive', label: 'Positive features', role: 'method', x: h.centres, y: h.positive },
      {
        key: 'trigonometric',
        label: 'Trigonometric features',
        role: 'baseline',
        x: h.centres,
        y: h.trigonometric,
      },
    ],
    marks: [
      { axis: 'x', at: 0, label: 'negative to the left' },
      { axis: 'x', at: 1, label: 'exact' },
    ],
  };
}

const timeKey = {
  linformer: 'linformer',
  performer: 'performer',
  nystrom: 'nystrom',
  linear: 'linear',
} as const;

export function tradeFigure(v: LowRankValues, m: Numbers): ScatterFigure {
  return errorTimeFigure(
    METHODS.map(({ key, label, role }) => ({
      key,
      label,
      role,
      ms: m[`time.${timeKey[key]}`],
      error: m[`error.${key}`],
    })),
    `Relative error of the output against the time of one output, ${v.n} tokens at rank ${v.rank}. Exact attention takes ${(m['time.flash'] ?? 0).toPrecision(3)} ms.`,
  );
}

export function timeFigure(v: LowRankValues, curves: readonly TimedCurve[]): LinesFigure {
  return timeLengthFigure(
    curves,
    `Time of one output against the number of tokens, d = ${v.d}, rank ${v.rank}; a curve ends before the point that would take more than a quarter of a second.`,
  );
}

export function methodsTable(v: LowRankValues, m: Numbers): TableFigure {
  const { n, d, rank } = v;
  const row = (
    method: string,
    error: string,
    matrix: string | null,
    time: string | null,
    flop: number | null,
  ) => ({
    method,
    error: m[error] ?? null,
    matrix: matrix === null ? null : (m[matrix] ?? null),
    ms: time === null ? null : (m[time] ?? null),
    flop,
  });
  return {
    kind: 'table',
    id: 'methods',
    title: `Methods at rank ${rank}`,
    summary: 'Errors of output and matrix, time and work of one output.',
    columns: [
      { key: 'method', label: 'Method' },
      { key: 'error', label: 'Error of the output' },
      { key: 'matrix', label: 'Error of the matrix' },
      { key: 'ms', label: 'Time', unit: 'ms' },
      { key: 'flop', label: 'Work', unit: 'flop' },
    ],
    rows: [
      { method: 'Exact (tiled)', error: 0, matrix: 0, ms: m['time.flash'] ?? null, flop: 4 * n * n * d },
      row('Best rank r', 'error.svd', 'matrix.svd', null, null),
      row(
        'Linformer, segment means',
        'error.linformer',
        'matrix.linformer',
        'time.linformer',
        4 * n * rank * d,
      ),
      row('Linformer, Gaussian', 'error.linformer.random', null, null, 8 * n * rank * d),
      row('Performer', 'error.performer', 'matrix.performer', 'time.performer', 8 * n * rank * d),
      row('Performer, 4 r features', 'error.performer.4r', null, null, 32 * n * rank * d),
      row(
        'Nystromformer',
        'error.nystrom',
        'matrix.nystrom',
        'time.nystrom',
        8 * n * rank * d + 8 * v.iters * rank ** 3,
      ),
      row('Linear attention', 'error.linear', 'matrix.linear', 'time.linear', 4 * n * d * d),
      row('Constant output', 'error.mean', null, null, null),
    ],
  };
}
