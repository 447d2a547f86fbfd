/** The run of sltrain: five networks from scratch on the same batches. */
import { sizeOf, type Tensor } from '../../../gpu/home';
import { matmul } from '../../../kernels/matmul';
import { addOnSupport } from '../../../kernels/support';
import { type Matrix, matrix } from '../../../math/linalg';
import { singularValues } from '../../../math/svd';
import { normals, permutation, uniforms } from '../../../math/threefry';
import { frozenLayer, type Layer, type TrainableLayer } from '../../../testbeds/layers';
import { type ParameterList, type Part, parameterList } from '../../../testbeds/parameters';
import { pretrainRecipe, randomWeights, shapesOf } from '../../../testbeds/pretrain';
import { adamModel, fullModel, type Model, type NetworkBed } from '../../../testbeds/training';
import type { FactorSet } from '../../factors';
import type { Figure } from '../../figures';
import type { Lab, Outcome } from '../../method';
import { copies, lossMeasure } from '../../networkfactors';
import { type Finished, openBoard, type RunSpec } from '../../networkruns';
import { integersOf } from '../../parameters';
import { countsOf } from './counts';
import { densityFigure, partMaps, weightSpectra } from './figures';
import { factorLayer, sumLayer, type Trained } from './layers';

export interface SltrainValues {
  seed: number;
  rank: number;
  density: number;
  scaling: number;
  steps: number;
  batch: number;
  lr: number;
  alpha: number;
  widths: string;
}

/** What is taken out of a run: W_2 and, for SLTrain itself, B, A and the sparse values of every layer. */
interface Weights {
  w2: Matrix;
  parts: readonly Tensor[];
}

const DENSITIES = [0.02, 0.05, 0.2];

export async function run(lab: Lab, v: SltrainValues): Promise<Outcome> {
  const widths = integersOf(v.widths);
  const counts = countsOf(widths, v.rank, v.density);
  const start = randomWeights(v.seed, widths, 36);
  const zeros = shapesOf(widths).map(([m, n]) => matrix(m, n));
  const sweepSteps = 2 * DENSITIES.length * v.steps;
  const board = await openBoard(lab, {
    recipe: pretrainRecipe(v, widths),
    batch: v.batch,
    plannedSteps: 5 * v.steps + sweepSteps,
    from: zeros,
  });
  const train = <T extends Model>(
    key: string,
    label: string,
    role: 'method' | 'baseline' | 'exact',
    cacheKey: string,
    model: (bed: NetworkBed) => T,
    silent = false,
  ): Promise<Finished<Weights>> =>
    board.run({
      key,
      label,
      role,
      silent,
      cacheKey: `sltrain ${v.seed} ${v.lr} ${cacheKey}`,
      model,
      options: { steps: v.steps, points: silent ? 1 : 24 },
      finish: async (trained) => ({
        w2: await secondWeight(lab, trained),
        parts: await copies(key === 'sltrain' && !silent ? (trained.list?.parts ?? []) : []),
      }),
    } satisfies RunSpec<T, Weights>);

  const own = await train('sltrain', 'SLTrain', 'method', `own ${v.rank} ${v.density} ${v.scaling}`, (bed) =>
    sltrainModel(bed, v, widths),
  );
  lab.partial({ metrics: { 'loss.sltrain': own.loss } });
  await lab.factors(async () => sparseFactors(board.bed, v, widths, own.result.parts));
  const low = await train(
    'lowrank',
    `Low rank, rank ${counts.lowrankRank}`,
    'baseline',
    `low ${counts.lowrankRank}`,
    (bed) => lowRankModel(bed, v, widths, counts.lowrankRank),
  );
  const same = await train('lowrank-same', `Low rank, rank ${v.rank}`, 'baseline', `low ${v.rank}`, (bed) =>
    lowRankModel(bed, v, widths, v.rank),
  );
  const share = counts.sltrain / counts.full;
  const sparse = await train('sparse', 'Sparse alone', 'baseline', `sparse ${share}`, (bed) =>
    sparseModel(bed, v, widths, Math.min(1, share)),
  );
  const full = await train('full', 'Full training', 'exact', 'full', (bed) => fullModel(bed, v.lr, start));

  const spectra = { full: values(full.result.w2), own: values(own.result.w2), low: values(low.result.w2) };
  const metrics = {
    'loss.full': full.loss,
    'loss.sltrain': own.loss,
    'loss.lowrank': low.loss,
    'loss.lowrankSame': same.loss,
    'loss.sparse': sparse.loss,
    'params.full': full.trained,
    'params.sltrain': own.trained,
    'params.lowrank': low.trained,
    'params.sparse': sparse.trained,
    'rank.lowrank': counts.lowrankRank,
    'rank.numerical': numericalRank(spectra.own),
    'rank.numericalLow': numericalRank(spectra.low),
  };
  lab.partial({ metrics });
  const points = [{ density: v.density, params: own.trained, loss: own.loss }];
  const lows = [{ params: low.trained, loss: low.loss }];
  for (const density of DENSITIES) {
    const at = countsOf(widths, v.rank, density);
    const sweepOwn = await train(
      'sltrain',
      `SLTrain, density ${density}`,
      'method',
      `own ${v.rank} ${density} ${v.scaling}`,
      (bed) => sltrainModel(bed, { ...v, density }, widths),
      true,
    );
    const sweepLow = await train(
      'lowrank',
      `low rank, rank ${at.lowrankRank}`,
      'baseline',
      `low ${at.lowrankRank}`,
      (bed) => lowRankModel(bed, v, widths, at.lowrankRank),
      true,
    );
    points.push({ density, params: sweepOwn.trained, loss: sweepOwn.loss });
    lows.push({ params: sweepLow.trained, loss: sweepLow.loss });
  }
  const extra: Figure[] = [
    weightSpectra(spectra),
    ...partMaps(supportOf(v, widths, 1), own.result.w2),
    densityFigure(points, lows),
  ];
  return { metrics, figures: [...board.figures(), ...extra], notes: notesOf(v, widths) };
}

/** B, A, and the places and values of S of every layer: W = c B A + S. */
function sparseFactors(
  bed: NetworkBed,
  v: SltrainValues,
  widths: readonly number[],
  trained: readonly Tensor[],
): FactorSet {
  const { home } = bed;
  const parts = shapesOf(widths).flatMap((_shape, l) => {
    const [b, a, values] = trained.slice(3 * l, 3 * l + 3);
    const support = supportOf(v, widths, l);
    const of = `of layer ${l + 1}`;
    return [
      { name: `B ${of}`, key: `layers.${l}.lora_B`, value: b },
      { name: `A ${of}`, key: `layers.${l}.lora_A`, value: a },
      { name: `Values of S ${of}`, key: `layers.${l}.sparse_value`, value: values, isEntries: true },
      {
        name: `Places of S ${of}, row by row`,
        key: `layers.${l}.sparse_index`,
        value: home.tensor([support.length], support, 'u32'),
      },
    ];
  });
  const layers = async (stored: readonly Tensor[]): Promise<Layer[]> => {
    const out: Layer[] = [];
    for (let l = 0; 4 * l < stored.length; l++) {
      const [b, a, values, index] = stored.slice(4 * l, 4 * l + 4);
      const w = await matmul(b, a, { alpha: v.scaling });
      if (sizeOf(index.shape) > 0) await addOnSupport(w, index, values);
      out.push(frozenLayer(w));
    }
    return out;
  };
  return {
    parts,
    measures: [lossMeasure(bed, 'loss.sltrain', layers)],
    metadata: { scaling: String(v.scaling) },
  };
}

/** W_2 (W_1 where there is only one layer) as it stands, on the host. */
async function secondWeight(lab: Lab, model: Model): Promise<Matrix> {
  const layer = model.layers[Math.min(1, model.layers.length - 1)];
  return lab.home.scope(async () => {
    const w = await layer.weight();
    return matrix(w.shape[0], w.shape[1], Float64Array.from(await lab.home.read(w)));
  });
}

const values = (w: Matrix): number[] => Array.from(singularValues(w));

/** Singular values above 1e-3 of the largest. */
const numericalRank = (sigma: readonly number[]): number => sigma.filter((s) => s > 1e-3 * sigma[0]).length;

/** The first k of the stable argsort of m n uniforms, ascending. Layer l on stream 23 + l. */
function supportOf(v: { seed: number; density: number }, widths: readonly number[], l: number): Uint32Array {
  const layer = Math.min(l, widths.length - 2);
  const [m, n] = shapesOf(widths)[layer];
  const count = Math.floor(v.density * m * n);
  return permutation(v.seed, 23 + layer, m * n)
    .slice(0, count)
    .sort();
}

/** Values uniform on (-1 / sqrt(n), 1 / sqrt(n)). */
const startValues = (seed: number, stream: number, count: number, n: number): Float64Array =>
  uniforms(seed, stream, count).map((u) => (2 * u - 1) / Math.sqrt(n));

const trainedAt = (list: ParameterList, i: number): Trained => ({
  value: list.parts[i],
  gradient: list.gradients[i],
});

function sltrainModel(bed: NetworkBed, v: SltrainValues, widths: readonly number[]): Model {
  const { home } = bed;
  const { ranks } = countsOf(widths, v.rank, v.density);
  const supports = ranks.map((_, l) => supportOf(v, widths, l));
  const parts = shapesOf(widths).flatMap(([m, n], l): Part[] => [
    { shape: [m, ranks[l]] },
    { shape: [ranks[l], n], values: startValues(v.seed, 20 + l, ranks[l] * n, n) },
    { shape: [supports[l].length], values: startValues(v.seed, 26 + l, supports[l].length, n) },
  ]);
  const list = parameterList(home, parts);
  const layers = shapesOf(widths).map((shape, l): TrainableLayer => {
    const index = home.tensor([supports[l].length], supports[l], 'u32');
    const low = { b: trainedAt(list, 3 * l), a: trainedAt(list, 3 * l + 1), scaling: v.scaling };
    return sumLayer(home, shape, low, { ...trainedAt(list, 3 * l + 2), index });
  });
  return adamModel(layers, list, { rate: v.lr });
}

function sparseModel(bed: NetworkBed, v: SltrainValues, widths: readonly number[], density: number): Model {
  const { home } = bed;
  const shapes = shapesOf(widths);
  const supports = shapes.map((_, l) => supportOf({ seed: v.seed, density }, widths, l));
  const list = parameterList(
    home,
    shapes.map(([, n], l) => ({
      shape: [supports[l].length],
      values: startValues(v.seed, 26 + l, supports[l].length, n),
    })),
  );
  const layers = shapes.map((shape, l) => {
    const index = home.tensor([supports[l].length], supports[l], 'u32');
    return sumLayer(home, shape, null, { ...trainedAt(list, l), index });
  });
  return adamModel(layers, list, { rate: v.lr });
}

/** W = B A, A ~ N(0, 1) / sqrt(in), B ~ 1.4 N(0, 1) / sqrt(r). */
function lowRankModel(bed: NetworkBed, v: SltrainValues, widths: readonly number[], rank: number): Model {
  const shapes = shapesOf(widths);
  const list = parameterList(
    bed.home,
    shapes.flatMap(([m, n], l): Part[] => {
      const r = Math.min(rank, m, n);
      return [
        { shape: [m, r], values: normals(v.seed, 33 + l, m * r).map((x) => (1.4 * x) / Math.sqrt(r)) },
        { shape: [r, n], values: normals(v.seed, 30 + l, r * n).map((x) => x / Math.sqrt(n)) },
      ];
    }),
  );
  const layers = shapes.map((_, l) => factorLayer(trainedAt(list, 2 * l), trainedAt(list, 2 * l + 1)));
  return adamModel(layers, list, { rate: v.lr });
}

function notesOf(v: SltrainValues, widths: readonly number[]): string[] {
  const notes: string[] = [];
  shapesOf(widths).forEach(([m, n], l) => {
    if (v.rank > Math.min(m, n)) {
      notes.push(`Rank ${v.rank} is cut to ${Math.min(m, n)} in layer ${l + 1}, its smaller side.`);
    }
  });
  if (v.density === 0) {
    notes.push(
      'Density 0 with B = 0 starts from a zero network: no gradient reaches the layers below for some steps.',
    );
  }
  if (v.density === 1)
    notes.push('Density 1: the support is everything, and with its indices larger than the weight.');
  return notes;
}
