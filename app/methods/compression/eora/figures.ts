/** The figures of eora, from plain numbers. */
import type { BarsFigure, Figure, HeatmapFigure, LinesFigure, Role } from '../../figures';
import type { ResidualMap } from './run';

export function rankCurves(
  curve: readonly { rank: number; svd: number; act: number; eora: number }[],
  none: number,
  rank: number,
): LinesFigure {
  const x = curve.map((point) => point.rank);
  const series = (key: 'svd' | 'act' | 'eora', label: string, role: Role) => ({
    key,
    label,
    role,
    x,
    y: curve.map((point) => point[key]),
  });
  return {
    kind: 'lines',
    id: 'loss-rank',
    title: 'Loss against rank',
    summary:
      'Relative squared change of the network’s output on evaluation rows, against the rank of every residual path; the level without compensation is marked.',
    overlay: 'loss-rank',
    x: { label: 'rank', scale: 'log' },
    y: { label: 'relative change', scale: 'log' },
    series: [
      series('eora', 'EoRA', 'method'),
      series('act', 'SVD, columns scaled', 'baseline'),
      series('svd', 'SVD', 'baseline'),
    ],
    marks: [
      { axis: 'y', at: none, label: 'no compensation' },
      { axis: 'x', at: rank, label: `r = ${rank}`, parameter: 'rank' },
    ],
  };
}

export function lossFigure(m: Readonly<Record<string, number | null>>): BarsFigure {
  const bar = (key: string, label: string, role: Role) => ({
    key,
    label,
    role,
    value: m[`loss.${key}`] ?? Number.NaN,
  });
  return {
    kind: 'bars',
    id: 'loss',
    title: 'What is left of the damage',
    summary: 'Relative change of the output without compensation and with each of the three.',
    y: { label: 'relative change', scale: 'linear' },
    bars: [
      bar('none', 'nothing', 'exact'),
      bar('svd', 'SVD', 'baseline'),
      bar('act', 'scaled SVD', 'baseline'),
      bar('eora', 'EoRA', 'method'),
    ],
  };
}

export interface Spectra {
  /** Singular values of D and of P, eigenvalues of the second moment of the inputs. */
  d: number[];
  p: number[];
  energies: number[];
}

export function spectraFigure(layer: number, { d, p, energies }: Spectra, rank: number): Figure {
  const indices = (values: number[]) => values.map((_, i) => i + 1);
  const share = (values: number[]) => values.map((value) => value / (values[0] || 1));
  return {
    kind: 'lines',
    id: `spectra-${layer}`,
    title: `Spectra of layer ${layer}`,
    summary: `Singular values of the residual D and of P = D Q sqrt(lambda), and eigenvalues of the inputs, each over its largest: where P falls faster than D, rank buys more.`,
    x: { label: 'index', scale: 'linear' },
    y: { label: 'share of the largest', scale: 'log' },
    series: [
      { key: 'eora', label: 'P', role: 'method', x: indices(p), y: share(p) },
      { key: 'svd', label: 'D', role: 'baseline', x: indices(d), y: share(d) },
      { key: 'energies', label: 'Inputs', role: 'guide', x: indices(energies), y: share(energies) },
    ],
    marks: [{ axis: 'x', at: rank, label: `r = ${rank}`, parameter: 'rank' }],
  };
}

/** |D - B A| of layer 1 for SVD and EoRA, side by side on one scale. */
export function residualMaps(svd: ResidualMap, eora: ResidualMap): HeatmapFigure[] {
  let largest = 0;
  for (const { values } of [svd, eora]) for (const value of values) largest = Math.max(largest, value);
  const map = (key: string, label: string, { rows, cols, values }: ResidualMap): HeatmapFigure => ({
    kind: 'heatmap',
    id: `residual-${key}`,
    title: `What ${label} leaves of layer 1`,
    summary: `|D - B A| with the loudest inputs on the left${key === 'eora' ? ': EoRA leaves its error where the inputs are quiet' : ''}.`,
    rows,
    cols,
    values,
    label: '|D - B A|',
    scale: 'linear',
    palette: 'sequential',
    range: [0, largest],
    axes: { rows: 'output', cols: 'input, loudest first' },
    group: 'residual',
  });
  return [map('svd', 'SVD', svd), map('eora', 'EoRA', eora)];
}
