/** The figures of sltrain beside those of the testbed, from plain numbers. */
import type { Matrix } from '../../../math/linalg';
import type { HeatmapFigure, LinesFigure, Role } from '../../figures';

export function weightSpectra(spectra: { full: number[]; own: number[]; low: number[] }): LinesFigure {
  const series = (key: string, label: string, role: Role, all: number[]) => {
    // Below 1e-7 of the largest there is only rounding.
    const y = all.filter((s) => s > 1e-7 * all[0]);
    return { key, label, role, x: y.map((_, i) => i + 1), y };
  };
  return {
    kind: 'lines',
    id: 'weight-spectrum',
    title: 'Singular values of W_2',
    summary:
      'SLTrain has a head from B A and a long tail from the sparse entries; low rank ends at its rank.',
    x: { label: 'index', scale: 'linear' },
    y: { label: 'singular value', scale: 'log' },
    series: [
      series('sltrain', 'SLTrain', 'method', spectra.own),
      series('lowrank', 'Low rank', 'baseline', spectra.low),
      series('full', 'Full training', 'exact', spectra.full),
    ],
  };
}

/** W_2 split at its support: the entries on it, and the rest, which is c B A alone. */
export function partMaps(support: Uint32Array, w: Matrix): HeatmapFigure[] {
  const on = new Float32Array(w.data.length);
  const off = Float32Array.from(w.data);
  for (const at of support) {
    on[at] = w.data[at];
    off[at] = 0;
  }
  let largest = 0;
  for (const value of w.data) largest = Math.max(largest, Math.abs(value));
  const map = (id: string, title: string, summary: string, values: Float32Array): HeatmapFigure => ({
    kind: 'heatmap',
    id,
    title,
    summary,
    rows: w.rows,
    cols: w.cols,
    values,
    label: 'entry of W_2',
    scale: 'linear',
    palette: 'diverging',
    range: [-largest, largest],
    axes: { rows: 'output', cols: 'input' },
    group: 'parts',
  });
  return [
    map(
      'on-support',
      'W_2 on the support',
      'Entries of W_2 where the sparse part lives: dots at random places, fixed from the start.',
      on,
    ),
    map('off-support', 'W_2 off the support', 'The other entries: the low-rank product alone.', off),
  ];
}

export function densityFigure(
  own: { density: number; params: number; loss: number }[],
  low: { params: number; loss: number }[],
): LinesFigure {
  const sorted = <T extends { params: number }>(points: T[]): T[] =>
    [...points].sort((a, b) => a.params - b.params);
  const [a, b] = [sorted(own), sorted(low)];
  return {
    kind: 'lines',
    id: 'loss-density',
    title: 'Loss against trained numbers',
    summary: `SLTrain at densities ${sorted(own)
      .map(({ density }) => density)
      .join(', ')}, and low rank with as many numbers.`,
    x: { label: 'trained numbers', scale: 'log' },
    y: { label: 'loss', unit: 'relative', scale: 'log' },
    series: [
      {
        key: 'sltrain',
        label: 'SLTrain',
        role: 'method',
        x: a.map((p) => p.params),
        y: a.map((p) => p.loss),
      },
      {
        key: 'lowrank',
        label: 'Low rank',
        role: 'baseline',
        x: b.map((p) => p.params),
        y: b.map((p) => p.loss),
      },
    ],
  };
}
