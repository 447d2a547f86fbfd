/** The figures of ctr, from plain numbers. */
import type { Roc } from '../../../math/ranking';
import type { BarsFigure, LinesFigure, ScatterFigure, Series } from '../../figures';

export interface SweepPoint {
  rank: number;
  params: number;
  svd: number;
  afm: number;
}

/** AUC against the rank of table and layers: the picture that makes the point. */
export function aucFigure(
  sweep: readonly SweepPoint[],
  full: number,
  bayes: number,
  rank: number,
): LinesFigure {
  const x = sweep.map((point) => point.rank);
  return {
    kind: 'lines',
    id: 'auc-rank',
    title: 'AUC against rank',
    summary:
      `Evaluation AUC with table and layers cut to the same rank: feature mimicking and SVD, below the uncompressed ` +
      `model (${full.toFixed(3)}) and the best that is possible (${bayes.toFixed(3)}).`,
    x: { label: 'rank of table and layers', scale: 'log' },
    y: { label: 'AUC', scale: 'linear' },
    series: [
      { key: 'ctr', label: 'Feature mimicking', role: 'method', x, y: sweep.map((point) => point.afm) },
      { key: 'svd', label: 'SVD', role: 'baseline', x, y: sweep.map((point) => point.svd) },
    ],
    marks: [
      { axis: 'y', at: full, label: 'uncompressed' },
      { axis: 'y', at: bayes, label: 'true probabilities' },
      { axis: 'x', at: rank, label: `rank ${rank}` },
    ],
  };
}

/** Shares of energy by direction: output covariance beside squared singular values of the weights. */
export function spectrumFigure(
  id: string,
  name: string,
  afm: ArrayLike<number>,
  svd: ArrayLike<number>,
  rank: number,
): LinesFigure {
  const series = (key: string, label: string, role: Series['role'], values: ArrayLike<number>): Series => ({
    key,
    label,
    role,
    x: Array.from(values, (_, i) => i + 1),
    y: Array.from(values),
  });
  return {
    kind: 'lines',
    id,
    title: `Spectrum of ${name}`,
    summary: `Shares of the eigenvalues of what ${name} emits, beside those of the squared singular values of its weights; the rank that is kept is marked.`,
    x: { label: 'direction', scale: 'linear' },
    y: { label: 'share of the sum', scale: 'log' },
    series: [series('ctr', 'Features', 'method', afm), series('svd', 'Weights', 'baseline', svd)],
    marks: [{ axis: 'x', at: rank, label: `rank ${rank}` }],
  };
}

/** At most this many points of a curve or a cloud are drawn. */
const MOST = 400;

const thinned = (count: number): number[] => {
  const kept = Math.min(count, MOST);
  return Array.from({ length: kept }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, kept - 1)));
};

export function rocFigure(
  curves: { key: string; label: string; role: Series['role']; roc: Roc }[],
): LinesFigure {
  return {
    kind: 'lines',
    id: 'roc',
    title: 'ROC curves',
    summary: 'True against false positive rate on the evaluation rows; the diagonal is guessing.',
    x: { label: 'false positive rate', scale: 'linear' },
    y: { label: 'true positive rate', scale: 'linear' },
    series: [
      ...curves.map(({ key, label, role, roc }) => {
        const at = thinned(roc.x.length);
        return { key, label, role, x: at.map((i) => roc.x[i]), y: at.map((i) => roc.y[i]) };
      }),
      { key: 'chance', label: 'Guessing', role: 'guide' as const, x: [0, 1], y: [0, 1] },
    ],
  };
}

/** Compressed against uncompressed logits, a thinned cloud. */
export function logitFigure(
  full: ArrayLike<number>,
  afm: ArrayLike<number>,
  svd: ArrayLike<number>,
): LinesFigure {
  const at = thinned(full.length);
  const cloud = (key: string, label: string, role: Series['role'], logits: ArrayLike<number>): Series => ({
    key,
    label,
    role,
    points: true,
    x: at.map((i) => full[i]),
    y: at.map((i) => logits[i]),
  });
  const ends = [Math.min(...at.map((i) => full[i])), Math.max(...at.map((i) => full[i]))];
  return {
    kind: 'lines',
    id: 'logits',
    title: 'Logits before and after',
    summary: `Logit of the compressed against that of the uncompressed model on ${at.length} evaluation rows; on the diagonal nothing changed.`,
    x: { label: 'uncompressed logit', scale: 'linear' },
    y: { label: 'compressed logit', scale: 'linear' },
    series: [
      cloud('ctr', 'Feature mimicking', 'method', afm),
      cloud('svd', 'SVD', 'baseline', svd),
      { key: 'same', label: 'Unchanged', role: 'guide', x: ends, y: ends },
    ],
  };
}

export function lossFigure(steps: readonly number[], losses: readonly number[]): LinesFigure {
  return {
    kind: 'lines',
    id: 'training',
    title: 'Cross-entropy while training',
    summary: 'Cross-entropy of the batch against the step, uncompressed model.',
    x: { label: 'step', scale: 'linear' },
    y: { label: 'cross-entropy', unit: 'nats', scale: 'linear' },
    series: [{ key: 'full', label: 'Uncompressed', role: 'exact', x: [...steps], y: [...losses] }],
  };
}

/** AUC against parameters: whole model, and each half cut by itself. */
export function paretoFigure(
  sweep: readonly SweepPoint[],
  full: { params: number; auc: number },
): ScatterFigure {
  return {
    kind: 'scatter',
    id: 'auc-params',
    title: 'AUC against parameters',
    summary: 'What each rank costs in parameters and keeps in AUC.',
    overlay: 'auc-params',
    x: { label: 'parameters', scale: 'log' },
    y: { label: 'AUC', scale: 'linear' },
    points: [
      ...sweep.flatMap(({ rank, params, svd, afm }) => [
        { key: `ctr ${rank}`, label: `mimicking, ${rank}`, role: 'method' as const, x: params, y: afm },
        { key: `svd ${rank}`, label: `SVD, ${rank}`, role: 'baseline' as const, x: params, y: svd },
      ]),
      { key: 'full', label: 'uncompressed', role: 'exact' as const, x: full.params, y: full.auc },
    ],
  };
}

export function halvesFigure(m: Readonly<Record<string, number | null>>): BarsFigure {
  const bar = (key: string, label: string, role: Series['role']) => ({
    key,
    label,
    role,
    value: m[key] ?? Number.NaN,
  });
  return {
    kind: 'bars',
    id: 'halves',
    title: 'Where the AUC is lost',
    summary: 'AUC with only the table, only the layers, and both compressed.',
    y: { label: 'AUC', scale: 'linear' },
    bars: [
      bar('auc.full', 'uncompressed', 'exact'),
      bar('auc.afm.emb', 'table, mimicking', 'method'),
      bar('auc.svd.emb', 'table, SVD', 'baseline'),
      bar('auc.afm.mlp', 'layers, mimicking', 'method'),
      bar('auc.svd.mlp', 'layers, SVD', 'baseline'),
      bar('auc.afm', 'both, mimicking', 'method'),
      bar('auc.svd', 'both, SVD', 'baseline'),
    ],
  };
}
