/** The run of ctr: train a click model, cut it both ways, and measure what is left of its ranking. */
import type { Tensor } from '../../../gpu/home';
import { auc, roc } from '../../../math/ranking';
import type { FactorSet } from '../../factors';
import type { Lab, Outcome } from '../../method';
import { type CutRanks, compress, dissect, layerError, tableError, type Way } from './compress';
import { fullParameters, lowParameters, ranksOf } from './counts';
import { type Clicks, drawClicks, drawTruth, occurrences } from './data';
import {
  aucFigure,
  halvesFigure,
  logitFigure,
  lossFigure,
  paretoFigure,
  rocFigure,
  type SweepPoint,
  spectrumFigure,
} from './figures';
import { type ClickModel, crossEntropy, logitsOf } from './model';
import { initialModel, trainedTensors, trainModel, withTensors } from './train';

export interface CtrValues {
  seed: number;
  rank: number;
  rankEmb: number;
  fields: number;
  vocab: number;
  d: number;
  latent: number;
  zipf: number;
  signal: number;
  train: number;
  evaluate: number;
  hidden: number;
  steps: number;
  batch: number;
  lr: number;
  finetune: number;
  initE: number;
}

type Numbers = Record<string, number | null>;
/** Rows that go through the model at a time. */
const CHUNK = 16384;
const WAYS: readonly Way[] = ['afm', 'svd'];
const SWEEP = [2, 4, 6, 8, 12];

/** The look-ups of all rows, cut into pieces that go through the model at a time. */
function chunksOf(lab: Lab, { rows, index }: Clicks, fields: number): Tensor[] {
  const chunks: Tensor[] = [];
  for (let from = 0; from < rows; from += CHUNK) {
    const part = index.subarray(from * fields, Math.min(rows, from + CHUNK) * fields);
    chunks.push(lab.home.tensor([part.length], part, 'u32'));
  }
  return chunks;
}

async function logits(model: ClickModel, chunks: readonly Tensor[]): Promise<Float64Array> {
  const { home } = model.table;
  const parts: number[] = [];
  for (const chunk of chunks) {
    const values = await home.scope(async () => home.read(await logitsOf(model, chunk)));
    for (const value of values) parts.push(value);
  }
  return Float64Array.from(parts);
}

/** Everything that the ranks do not change: data, the trained model and its anatomy. */
async function groundwork(lab: Lab, v: CtrValues) {
  const { seed, fields, vocab, d, latent, zipf, signal, hidden, steps, batch, lr, initE } = v;
  const key = [
    'ctr',
    seed,
    fields,
    vocab,
    d,
    latent,
    zipf,
    signal,
    v.train,
    v.evaluate,
    hidden,
    steps,
    batch,
    lr,
    initE,
  ];
  return lab.cached(key.join(' '), async () => {
    await lab.step(0, 'click data');
    const truth = drawTruth({ seed, fields, vocab, latent, zipf, signal });
    const training = drawClicks(truth, v.train, [2, 4]);
    await lab.step(0.02, 'evaluation data');
    const evaluation = drawClicks(truth, v.evaluate, [3, 5]);
    const start = initialModel(lab.home, v);
    const { model, curve } = await trainModel(start, training, v, {
      lr,
      first: 0,
      steps,
      async seam(step, soFar) {
        await lab.step(0.03 + (0.5 * step) / steps, `training step ${step} of ${steps}`);
        if (soFar.steps.length > 1) lab.partial({ figures: [lossFigure(soFar.steps, soFar.values)] });
      },
    });
    const chunks = {
      training: chunksOf(lab, training, fields),
      evaluation: chunksOf(lab, evaluation, fields),
    };
    const counts = occurrences(training.index, fields * vocab);
    const anatomy = await dissect(model, chunks.training, counts, (fraction) =>
      lab.step(0.53 + 0.07 * fraction, 'means and covariances of the features'),
    );
    return { training, evaluation, model, curve, chunks, anatomy };
  });
}

export async function run(lab: Lab, v: CtrValues): Promise<Outcome> {
  const ground = await groundwork(lab, v);
  const { training, evaluation, model, chunks, anatomy } = ground;
  const ranks = ranksOf(v);
  const notes = notesOf(v, ranks);
  const reasons: Record<string, string> = {};
  const m: Numbers = {};
  const figures = [lossFigure(ground.curve.steps, ground.curve.values)];

  await lab.step(0.6, 'uncompressed model');
  m['params.full'] = fullParameters(v);
  m['params.low'] = lowParameters(v);
  m.ratio = m['params.full'] / m['params.low'];
  m['auc.bayes'] = auc(evaluation.logits, evaluation.labels);
  m['auc.train'] = auc(await logits(model, chunks.training), training.labels);
  const full = await logits(model, chunks.evaluation);
  m['auc.full'] = auc(full, evaluation.labels);
  m['logloss.full'] = crossEntropy(full, evaluation.labels);
  lab.partial({ metrics: m, figures });

  const both: CutRanks = ranks;
  const found = { afm: full, svd: full };
  for (const [i, way] of WAYS.entries()) {
    await lab.step(0.62 + 0.06 * i, `compressing by ${way}`);
    const measure = async (cut: CutRanks): Promise<Float64Array> =>
      lab.home.scope(async () => logits(await compress(model, anatomy, way, cut), chunks.evaluation));
    found[way] = await measure(both);
    m[`auc.${way}`] = auc(found[way], evaluation.labels);
    m[`logloss.${way}`] = crossEntropy(found[way], evaluation.labels);
    m[`auc.${way}.emb`] = auc(await measure({ ...both, layers: null }), evaluation.labels);
    m[`auc.${way}.mlp`] = auc(await measure({ ...both, table: null }), evaluation.labels);
    m[`error.${way}.mlp`] = await layerError(model, anatomy, way, ranks.layers[0], chunks.training);
    m[`error.${way}.emb`] = await tableError(model.table, anatomy.table, way, ranks.table);
  }
  m['tail.mlp'] = anatomy.layers[0].afm.shares.slice(ranks.layers[0]).reduce((sum, share) => sum + share, 0);
  lab.partial({ metrics: m, figures: [halvesFigure(m)] });
  await lab.factors(() => thinFactors(ground, ranks));

  await lab.step(0.75, 'ranks');
  const sweep = await sweepRanks(lab, v, ground);
  Object.assign(m, await tune(lab, v, ground, both, reasons));
  for (const key of Object.keys(m).filter((one) => one.startsWith('auc') && m[one] === null)) {
    reasons[key] ??= 'all labels are equal: AUC is not defined';
  }
  return {
    metrics: m,
    notes,
    reasons,
    figures: [
      aucFigure(sweep, m['auc.full'] ?? Number.NaN, m['auc.bayes'] ?? Number.NaN, v.rank),
      halvesFigure(m),
      spectrumFigure(
        'spectrum-layer-1',
        'layer 1',
        anatomy.layers[0].afm.shares,
        anatomy.layers[0].svd.shares,
        ranks.layers[0],
      ),
      spectrumFigure(
        'spectrum-layer-2',
        'layer 2',
        anatomy.layers[1].afm.shares,
        anatomy.layers[1].svd.shares,
        ranks.layers[1],
      ),
      spectrumFigure(
        'spectrum-table',
        'the table',
        anatomy.table.afm.shares,
        anatomy.table.svd.shares,
        ranks.table,
      ),
      rocFigure([
        { key: 'full', label: 'Uncompressed', role: 'exact', roc: roc(full, evaluation.labels) },
        { key: 'ctr', label: 'Feature mimicking', role: 'method', roc: roc(found.afm, evaluation.labels) },
        { key: 'svd', label: 'SVD', role: 'baseline', roc: roc(found.svd, evaluation.labels) },
      ]),
      logitFigure(full, found.afm, found.svd),
      paretoFigure(sweep, { params: m['params.full'], auc: m['auc.full'] ?? Number.NaN }),
      ...figures,
    ],
  };
}

/** The thinner table with its projection, and the affine layers, two in place of each that was cut. */
async function thinFactors(
  { model, anatomy, chunks, evaluation }: Ground,
  ranks: CutRanks,
): Promise<FactorSet> {
  const cut = await compress(model, anatomy, 'afm', ranks);
  const names = ['table', 'projection.weight', 'projection.bias'];
  cut.layers.forEach((_layer, l) => {
    names.push(`layers.${l}.weight`, `layers.${l}.bias`);
  });
  return {
    parts: trainedTensors(cut).map((value, i) => ({ name: spoken(names[i]), key: names[i], value })),
    measures: [
      {
        metric: 'auc.afm',
        of: async (stored) =>
          auc(await logits(withTensors(cut, stored), chunks.evaluation), evaluation.labels),
      },
    ],
  };
}

/** "layers.0.weight" as "Weight of affine map 1". */
function spoken(name: string): string {
  const [first, ...rest] = name.split('.');
  if (first === 'table') return 'Table';
  const part = rest[rest.length - 1] === 'bias' ? 'Bias' : 'Weight';
  return `${part} of ${first === 'projection' ? 'the projection' : `affine map ${Number(rest[0]) + 1}`}`;
}

type Ground = Awaited<ReturnType<typeof groundwork>>;

/** AUC of both ways at a few ranks; what is the same for all ranks is cached with the model. */
async function sweepRanks(
  lab: Lab,
  v: CtrValues,
  { model, anatomy, chunks, evaluation }: Ground,
): Promise<SweepPoint[]> {
  const points: SweepPoint[] = [];
  for (const [i, rank] of SWEEP.entries()) {
    const at = { ...v, rank, rankEmb: rank };
    const point: SweepPoint = { rank, params: lowParameters(at), svd: Number.NaN, afm: Number.NaN };
    for (const way of WAYS) {
      await lab.step(0.75 + (0.1 * i) / SWEEP.length, `AUC at rank ${rank}`);
      const cut = await lab.home.scope(async () =>
        logits(await compress(model, anatomy, way, ranksOf(at)), chunks.evaluation),
      );
      point[way] = auc(cut, evaluation.labels) ?? Number.NaN;
    }
    points.push(point);
  }
  return points;
}

/** Further steps for the factors, with fresh moments and the next slices of the permutation. */
async function tune(
  lab: Lab,
  v: CtrValues,
  { model, anatomy, chunks, training, evaluation }: Ground,
  ranks: CutRanks,
  reasons: Record<string, string>,
): Promise<Numbers> {
  const out: Numbers = {};
  for (const [i, way] of WAYS.entries()) {
    const key = `auc.${way}.tuned`;
    if (v.finetune === 0) {
      out[key] = null;
      reasons[key] = 'finetune is 0: the compressed models are measured as they were cut';
      continue;
    }
    out[key] = await lab.home.scope(async () => {
      const cut = await compress(model, anatomy, way, ranks);
      const { model: tuned } = await trainModel(cut, training, v, {
        lr: v.lr / 10,
        first: v.steps,
        steps: v.finetune,
        seam: (step) =>
          lab.step(
            0.85 + 0.07 * (i + step / v.finetune),
            `fine-tuning ${way}: step ${step} of ${v.finetune}`,
          ),
      });
      return auc(await logits(tuned, chunks.evaluation), evaluation.labels);
    });
  }
  return out;
}

function notesOf(v: CtrValues, ranks: ReturnType<typeof ranksOf>): string[] {
  const notes: string[] = [];
  if (ranks.table < v.rankEmb)
    notes.push(`rankEmb ${v.rankEmb} is cut to ${ranks.table}, the width of the table.`);
  ranks.layers.forEach((r, l) => {
    if (r < v.rank) notes.push(`rank ${v.rank} is cut to ${r} in layer ${l + 1}, its smaller side.`);
  });
  if (lowParameters(v) > fullParameters(v)) {
    notes.push(
      'At these ranks the factors hold more numbers than the layers they replace: nothing is saved.',
    );
  }
  return notes;
}
