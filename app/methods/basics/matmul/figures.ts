/** Pictures of the matmul page: rates as bars, the roofline, errors, and where in C the errors are. */
import type { Figure } from '../../figures';

export interface Row {
  key: string;
  label: string;
  gflops: number;
  intensity: number;
  error: number;
}

export function charts(
  rows: readonly Row[],
  peak: { gflops: number; gbps: number },
  roofline: number,
): Figure[] {
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
      y: { label: 'Relative error', scale: 'linear' },
      bars: rows.map(({ key, label, error }) => ({ key, label, role: 'method', value: error })),
    },
  ];
}

const EDGE = 256;

/** log10 of the entry-wise errors, reduced to at most 256 x 256 by the largest of each cell. */
export function errorMap(entries: Float32Array, rows: number, cols: number): Figure {
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
    id: 'where',
    title: 'Where C is wrong, naive kernel',
    summary:
      'log10 of the entry-wise error; an exact cell stands at -20. Cells show the largest of their entries.',
    rows: r,
    cols: c,
    values: values.map((value) => Math.log10(Math.max(value, 1e-20))),
    label: 'log10 error',
    scale: 'linear',
    palette: 'sequential',
  };
}
