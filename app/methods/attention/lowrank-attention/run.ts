/** The run of lowrank-attention: outputs first, then n x n matrices, estimates, curves, times. */
import type { Tensor } from '../../../gpu/home';
import { attention } from '../../../kernels/attention';
import {
  linearAttention,
  nystromAttention,
  performerAttention,
  segmentAttention,
} from '../../../kernels/lowrankattention';
import { DENSE_LIMIT } from '../../../testbeds/attention';
import type { Figure } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { differenceFigures, errorRankFigure, errorTemperatureFigure, mapFigures } from '../figures';
import { rankCurves, spectra, temperatureCurves, timeCurves } from './curves';
import { highErrors, identities, meanSquaredErrors, ratioHistogram } from './estimates';
import { attentionFactors, type Best } from './factors';
import { histogramFigure, methodsTable, spectrumFigure, timeFigure, tradeFigure } from './figures';
import { matrixErrors, outputErrors } from './outputs';
import { type Bed, bedOf, drawsOf, firstRows, type LowRankValues, type Numbers } from './values';

const DENSE_METRICS = [
  'error.svd',
  'matrix.svd',
  'matrix.linformer',
  'matrix.nystrom',
  'matrix.performer',
  'matrix.linear',
  'mse.orthogonal',
  'mse.orthogonal.4r',
  'mse.iid',
  'mse.trig',
  'mse.theory',
  'high.positive',
  'high.trig',
  'identity.flash',
  'identity.linear',
];

export async function runLowRank(lab: Lab, v: LowRankValues): Promise<Outcome> {
  const isDense = v.n <= DENSE_LIMIT;
  const notes = notesBefore(v, isDense);
  const reasons: Record<string, string> = {};
  await lab.step(0, 'tokens and exact attention');
  const bed = await bedOf(lab, v);
  await lab.step(0.03, 'random features');
  const draws = await drawsOf(lab, v);
  const metrics: Numbers = await outputErrors(lab, v, bed, draws);
  if ((metrics['error.nystrom'] ?? 0) > 1) {
    notes.push(
      `Nystromformer is worse than nothing here: with ${v.rank} landmarks among ${v.clusters} clusters the landmark ` +
        'matrix is nearly singular, and its pseudo-inverse amplifies. Lower rank or iters.',
    );
  }
  lab.partial({ metrics, notes });

  const figures: Figure[] = [];
  let best: Best | null = null;
  if (isDense) {
    const dense = await matrixErrors(lab, v, bed, draws);
    Object.assign(metrics, dense.metrics);
    best = dense;
    figures.push(...mapFigures(dense.maps), ...differenceFigures(dense.differences));
    lab.partial({ metrics, figures, notes });
    Object.assign(metrics, await meanSquaredErrors(lab, v, bed.tokens, draws));
    const high = await highErrors(lab, v, bed.tokens, draws);
    Object.assign(metrics, high.metrics);
    if (high.badRows > 0) {
      notes.push(
        `At inverse temperature ${v.betaHigh} the trigonometric sums of ${high.badRows} of ${v.n} rows are below ` +
          '1e-30, most of them negative: the large errors are real.',
      );
    }
    Object.assign(metrics, await identities(lab, v, bed.tokens, dense.exact));
    figures.push(histogramFigure(v, await ratioHistogram(lab, v, bed.tokens, draws[0])));
  } else {
    for (const key of DENSE_METRICS) {
      metrics[key] = null;
      reasons[key] =
        `n x n matrices are not made above ${DENSE_LIMIT} tokens: choose n = ${DENSE_LIMIT} or less`;
    }
  }
  lab.partial({ metrics, figures, notes, reasons });

  await lab.factors(() => attentionFactors(v, draws[0], best));

  const ranks = await rankCurves(lab, v, bed, isDense);
  figures.unshift(
    errorRankFigure(
      [...ranks, constant('mean', 'Constant output', metrics['error.mean'], ranks[0].points)],
      [{ axis: 'x', at: v.rank, label: 'rank', parameter: 'rank' }],
      'Relative error of the output of each method at ranks 4 to 256. Linear attention has a kernel of its own and no rank; the constant output is the mean of the values.',
    ),
  );
  lab.partial({ metrics, figures, notes, reasons });
  figures.push(
    errorTemperatureFigure(
      await temperatureCurves(lab, v, bed),
      [{ axis: 'x', at: v.beta, label: 'beta', parameter: 'beta' }],
      `Relative error of the output at rank ${v.rank} from nearly uniform to peaked attention.`,
    ),
  );
  if (isDense) figures.push(spectrumFigure(v, await spectra(lab, v, bed.tokens)));
  await lab.step(0.86, 'timing');
  Object.assign(metrics, await times(lab, v, bed, draws[0].orthogonal));
  figures.push(tradeFigure(v, metrics), timeFigure(v, await timeCurves(lab, v)), methodsTable(v, metrics));
  return { metrics, figures, notes, reasons };
}

const constant = (
  key: string,
  label: string,
  value: number | null,
  points: readonly (readonly [number, number | null])[],
) => ({ key, label, role: 'guide' as const, points: points.map(([x]) => [x, value] as const) });

function notesBefore(v: LowRankValues, isDense: boolean): string[] {
  const notes: string[] = [];
  if (!isDense) {
    notes.push(
      `No n x n matrix is made above ${DENSE_LIMIT} tokens: only errors of the outputs are reported, and no maps.`,
    );
  } else if (v.n >= 2048) {
    const megabytes = Math.round((4 * v.n * v.n) / 2 ** 20);
    notes.push(
      `For comparison ${v.n} x ${v.n} matrices of ${megabytes} MiB are made; the methods need none.`,
    );
  }
  if (v.rank % 2 === 1) {
    notes.push(`The rank is odd: trigonometric features use ${Math.floor(v.rank / 2)} rows.`);
  }
  return notes;
}

async function times(lab: Lab, v: LowRankValues, { tokens }: Bed, rows: Tensor): Promise<Numbers> {
  const { q, k, v: values } = tokens;
  const w = await firstRows(rows, v.rank);
  const calls: Readonly<Record<string, () => Promise<Tensor>>> = {
    flash: () => attention(q, k, values, { scale: v.beta }),
    linformer: () => segmentAttention(q, k, values, v.rank, v.beta),
    performer: () => performerAttention(q, k, values, w, v.beta),
    nystrom: () => nystromAttention(q, k, values, v.rank, v.beta, v.iters),
    linear: () => linearAttention(q, k, values, v.beta),
  };
  const out: Numbers = {};
  for (const [name, call] of Object.entries(calls)) out[`time.${name}`] = await lab.time(name, 3, call);
  return out;
}
