/** The figures of lord, from plain numbers. */
import type { HeatmapFigure, LinesFigure, Role } from '../../figures';

export interface BudgetPoint {
  way: 'svd' | 'lord' | 'layerwise';
  label: string;
  params: number;
  loss: number;
}

const WAYS: readonly { way: BudgetPoint['way']; key: string; label: string; role: Role }[] = [
  { way: 'svd', key: 'svd', label: 'SVD', role: 'baseline' },
  { way: 'lord', key: 'lord', label: 'LoRD, one share', role: 'method' },
  { way: 'layerwise', key: 'lord-layerwise', label: 'LoRD, layer-wise', role: 'exact' },
];

/** Loss against parameters: the picture that makes the point. */
export function budgetFigure(points: readonly BudgetPoint[], full: number): LinesFigure {
  return {
    kind: 'lines',
    id: 'loss-params',
    title: 'Loss against parameters',
    summary:
      'Relative change of the output against the numbers that are left: SVD and LoRD at one share for all layers, and LoRD at layer-wise ranks for three tolerances.',
    overlay: 'loss-params',
    x: { label: 'parameters', scale: 'log' },
    y: { label: 'relative change', scale: 'log' },
    series: WAYS.map(({ way, key, label, role }) => {
      const own = points.filter((point) => point.way === way).sort((a, b) => a.params - b.params);
      return { key, label, role, x: own.map((p) => p.params), y: own.map((p) => p.loss) };
    }),
    marks: [{ axis: 'x', at: full, label: 'uncompressed' }],
  };
}

export function spectrumFigure(
  layer: number,
  energies: ArrayLike<number>,
  sigma: ArrayLike<number>,
  rank: number | null,
  most: number,
): LinesFigure {
  const share = (values: number[]): number[] => {
    const total = values.reduce((sum, value) => sum + value, 0) || 1;
    return values.map((value) => value / total);
  };
  const outputs = share(Array.from(energies));
  const weights = share(Array.from(sigma, (s) => s * s));
  return {
    kind: 'lines',
    id: `spectrum-${layer}`,
    title: `Spectrum of layer ${layer}`,
    summary: `Shares of the eigenvalues of the outputs and of the squared singular values of the weights; ${rank === null ? 'the layer stays dense' : `the layer-wise rank is ${rank} of ${most}`}.`,
    x: { label: 'index', scale: 'linear' },
    y: { label: 'share of the sum', scale: 'log' },
    series: [
      { key: 'lord', label: 'Outputs', role: 'method', x: outputs.map((_, i) => i + 1), y: outputs },
      { key: 'svd', label: 'Weights', role: 'baseline', x: weights.map((_, i) => i + 1), y: weights },
    ],
    marks: rank === null ? [] : [{ axis: 'x', at: rank, label: `rank ${rank}` }],
  };
}

export function sensitivityFigure(
  changes: readonly number[][],
  shares: readonly number[],
  tolerance: number,
): HeatmapFigure {
  return {
    kind: 'heatmap',
    id: 'sensitivity',
    title: 'Sensitivity of the layers',
    summary: `Change of the network’s output when one layer alone is split, by layer and share of the rank from ${shares[0]} to ${shares[shares.length - 1]}; a layer is cut at the first share below ${tolerance}.`,
    rows: changes.length,
    cols: shares.length,
    values: Float32Array.from(changes.flat(), (change) => Math.max(change, 1e-12)),
    label: 'relative change',
    scale: 'log',
    palette: 'sequential',
    axes: { rows: 'layer', cols: 'share of the rank, in twentieths' },
  };
}
