/** What a person sees of tensor-attention. */
import type { Figure, HeatmapFigure, LinesFigure } from '../../figures';
import { degreeNeeded } from './bounded';

export interface DegreeCurve {
  bound: number;
  degrees: number[];
  errors: number[];
}

export function degreeFigure(curves: readonly DegreeCurve[], degree: number): LinesFigure {
  return {
    kind: 'lines',
    id: 'error-degree',
    title: 'Error against degree',
    summary:
      'Largest error of the output over its largest entry, one curve for each entry bound B: small entries need few degrees, beyond the threshold the curves stop falling.',
    x: { label: 'degree g', scale: 'linear' },
    y: { label: 'largest relative error', scale: 'log' },
    series: curves.map(({ bound, degrees, errors }, i) => ({
      key: `b${bound}`,
      label: `B = ${bound}`,
      role: i === 0 ? 'method' : 'baseline',
      x: degrees,
      y: errors,
    })),
    marks: [{ axis: 'x', at: degree, label: 'g', parameter: 'degree' }],
  };
}

/** Degree that keeps every weight within the tolerance, for scores up to B^2, B^3 and B^4. */
export function neededFigure(tolerance: number, bound: number, boundHigh: number): LinesFigure {
  const x = Array.from({ length: 29 }, (_, i) => 0.2 + 0.1 * i);
  const of = (order: number) => x.map((b) => degreeNeeded(b ** order, tolerance));
  return {
    kind: 'lines',
    id: 'degree-bound',
    title: 'Degree needed against the entry bound',
    summary: `Degree that keeps weights within ${tolerance}: pairs, triples and quadruples cross at B = 1; above it a higher order needs far smaller entries.`,
    x: { label: 'entry bound B', scale: 'linear' },
    y: { label: 'degree g', scale: 'log' },
    series: [
      { key: 'pair', label: 'pairs (S = B^2)', role: 'baseline', x, y: of(2) },
      { key: 'tensor-attention', label: 'triples (S = B^3)', role: 'method', x, y: of(3) },
      { key: 'quadruple', label: 'quadruples (S = B^4)', role: 'baseline', x, y: of(4) },
    ],
    marks: [
      { axis: 'x', at: bound, label: 'B', parameter: 'bound' },
      { axis: 'x', at: boundHigh, label: 'B high', parameter: 'boundHigh' },
    ],
  };
}

const BINS = 40;

/** Readouts of matching and other tokens as two histograms. */
export function readoutFigure(
  id: string,
  title: string,
  says: string,
  values: Float64Array,
  matching: readonly boolean[],
  threshold?: number,
): LinesFigure {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const width = (high - low) / BINS || 1;
  const count = (wanted: boolean) => {
    const bins = new Array<number>(BINS).fill(0);
    values.forEach((value, i) => {
      if (matching[i] === wanted) bins[Math.min(BINS - 1, Math.floor((value - low) / width))]++;
    });
    return bins;
  };
  const x = Array.from({ length: BINS }, (_, i) => low + (i + 0.5) * width);
  return {
    kind: 'lines',
    id,
    title,
    summary: `${says} Readouts of ${values.length} tokens in ${BINS} bins.`,
    x: { label: 'readout', scale: 'linear' },
    y: { label: 'tokens', scale: 'linear' },
    series: [
      { key: 'matching', label: 'matching', role: 'method', x, y: count(true) },
      { key: 'other', label: 'not matching', role: 'baseline', x, y: count(false) },
    ],
    marks: threshold === undefined ? [] : [{ axis: 'x', at: threshold, label: 'threshold' }],
  };
}

export function weightsFigure(
  n: number,
  values: Float32Array,
  token: number,
  pair: readonly [number, number],
): HeatmapFigure {
  return {
    kind: 'heatmap',
    id: 'weights',
    title: 'Where one matching token looks',
    summary: `Weights of token ${token} over all pairs. Its matching pair is (${pair[0]}, ${pair[1]}), and (${pair[1]}, ${pair[0]}): the bright cells.`,
    rows: n,
    cols: n,
    values,
    label: 'weight',
    scale: 'linear',
    palette: 'sequential',
    axes: { rows: 'first key j', cols: 'second key l' },
  };
}

export type { Figure };
