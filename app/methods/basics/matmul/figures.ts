/** Pictures of the matmul page: rates as bars, the roofline, errors, and where in C the errors are. */
import { U } from '../../../testbeds/matmul';
import type { Figure } from '../../figures';

export interface Row {
  key: string;
  label: string;
  gflops: number;
  intensity: number;
  error: number;
}

/** What the device does at best. */
export interface Peak {
  gflops: number;
  gbps: number;
}

export function charts(rows: readonly Row[], peak: Peak, roofline: number): Figure[] {
  const ridge = peak.gflops / peak.gbps;
  const x = [ridge / 64, ridge, Math.max(ridge * 4, ...rows.map(({ intensity }) => 2 * intensity))];
  return [
    {
      kind: 'bars',
      id: 'rates',
      title: 'Rate of each kernel',
      summary: 'Median rate of each kernel, with the roofline of this device across.',
      y: { label: 'Rate', unit: 'GFLOP/s', scale: 'linear' },
      bars: rows.map(({ key, label, gflops }) => ({ key, label, role: 'method', value: gflops })),
      marks: [{ axis: 'y', at: roofline, label: 'roofline' }],
    },
    {
      kind: 'scatter',
      id: 'roofline',
      title: 'Roofline',
      summary: 'Rate against flop per byte; the roof is the measured copy and multiply-add rate.',
      x: { label: 'Intensity', unit: 'flop/B', scale: 'log' },
      y: { label: 'Rate', unit: 'GFLOP/s', scale: 'log' },
      points: rows.map(({ key, label, gflops, intensity }) => ({
        key,
        label,
        role: 'method',
        x: intensity,
        y: gflops,
      })),
      lines: [
        {
          key: 'roof',
          label: 'roof',
          role: 'bound',
          x,
          y: x.map((i) => Math.min(peak.gflops, i * peak.gbps)),
        },
      ],
    },
    {
      kind: 'bars',
      id: 'errors',
      title: 'Error of each kernel',
      summary: 'Frobenius distance from the float64 product, relative to its norm.',
      y: { label: 'Relative error', scale: 'log' },
      bars: rows.map(({ key, label, error }) => ({ key, label, role: 'method', value: error })),
    },
  ];
}

interface Curve {
  key: string;
  x: readonly number[];
  y: readonly number[];
}

/** Rates against size and errors against k, a line for every kernel. */
export function sizeCurves(rates: readonly Curve[], errors: readonly Curve[]): Figure[] {
  const lines = (curves: readonly Curve[]) =>
    curves.map(({ key, x, y }) => ({ key, label: key, role: 'method' as const, x, y }));
  const inner = errors[0].x;
  return [
    {
      kind: 'lines',
      id: 'sizes',
      title: 'Rate against size',
      summary:
        'Rate of each kernel on cubes m = n = k. Larger products reuse what they load; small ones leave the ' +
        'device idle.',
      x: { label: 'm = n = k', scale: 'log' },
      y: { label: 'Rate', unit: 'GFLOP/s', scale: 'log' },
      series: lines(rates),
    },
    {
      kind: 'lines',
      id: 'lengths',
      title: 'Error against the length of the sums',
      summary:
        'Relative error of a 32 x 32 product against k. One accumulator grows like sqrt(k) u where signs vary and ' +
        'like k u where they do not; lanes and slices grow more slowly; float16 storage does not grow.',
      x: { label: 'k', scale: 'log' },
      y: { label: 'Relative error', scale: 'log' },
      series: [
        ...lines(errors),
        { key: 'ku', label: 'k u', role: 'guide', x: inner, y: inner.map((k) => k * U) },
        { key: 'sqrt', label: 'sqrt(k) u', role: 'guide', x: inner, y: inner.map((k) => Math.sqrt(k) * U) },
      ],
    },
  ];
}

const EDGE = 128;

/** log10 of the entry-wise errors, reduced to at most 128 x 128 by the largest of each cell. */
export function errorMap(
  { label, entries }: { label: string; entries: Float32Array },
  rows: number,
  cols: number,
): Figure {
  const [r, c] = [Math.min(EDGE, rows), Math.min(EDGE, cols)];
  const values = new Float32Array(r * c);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const at = Math.floor((i * r) / rows) * c + Math.floor((j * c) / cols);
      values[at] = Math.max(values[at], entries[i * cols + j]);
    }
  }
  return {
    kind: 'heatmap',
    id: `where-${label}`,
    title: `Where C is wrong: ${label}`,
    summary:
      'log10 of the entry-wise error; an exact cell stands at -10. Cells show the largest of their entries; a wrong ' +
      'tile would show as a block.',
    rows: r,
    cols: c,
    values: values.map((value) => Math.log10(Math.max(value, 1e-10))),
    label: 'log10 error',
    scale: 'linear',
    palette: 'sequential',
    range: [-10, 0],
    axes: { rows: 'rows of C', cols: 'columns of C' },
    group: 'where',
  };
}
