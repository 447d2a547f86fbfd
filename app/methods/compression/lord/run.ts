/** The run of lord: split every layer at one share, then at the ranks that each layer alone can bear. */
import type { Home, Tensor } from '../../../gpu/home';
import { gelu } from '../../../kernels/activation';
import { axpby } from '../../../kernels/elementwise';
import { roundToGrid } from '../../../kernels/grid';
import { matmul } from '../../../kernels/matmul';
import { frobenius } from '../../../kernels/reduce';
import { columns } from '../../../kernels/slice';
import { svd } from '../../../kernels/svd';
import { centred, meanRow, principal, upload } from '../../../testbeds/activations';
import { frozenLayer, type Layer, relativeLoss } from '../../../testbeds/layers';
import { type NetworkData, networkData, recipeKey } from '../../../testbeds/network';
import type { Factor, FactorSet } from '../../factors';
import type { Lab, Outcome } from '../../method';
import { type BudgetPoint, budgetFigure, sensitivityFigure, spectrumFigure } from './figures';
import { countAt, fullParameters, keptRank, layerShapes, splitRank, widthsOf } from './shapes';

export interface LordValues {
  seed: number;
  keep: number;
  tolerance: number;
  bits: number;
  calibration: number;
  validation: number;
  alpha: number;
  correlation: number;
  width: number;
  depth: number;
}

type Ranks = readonly (number | null)[];
const SHARES = Array.from({ length: 20 }, (_, i) => (i + 1) / 20);
const SWEEP = [0.1, 0.15, 0.2, 0.3, 0.4, 0.5];
const TOLERANCES = [0.003, 0.01, 0.03];

/** A layer and where to cut it. */
interface Anatomy {
  w: Tensor;
  /** Inputs on the calibration and the validation rows, of the uncompressed network. */
  calibration: Tensor;
  validation: Tensor;
  mean: Tensor;
  /** Eigenvectors of the output covariance and their eigenvalues. */
  q: Tensor;
  energies: Float64Array;
  /** Right singular vectors of W and its singular values. */
  v: Tensor;
  sigma: Float64Array;
}

interface Ground {
  data: NetworkData;
  layers: Anatomy[];
  evalInputs: Tensor;
  evalTargets: Tensor;
  /** Dense output on the validation rows, and the mean square of its entries. */
  output: Tensor;
}

export async function run(lab: Lab, v: LordValues): Promise<Outcome> {
  const ground = await groundwork(lab, v);
  const shapes = layerShapes(v);
  const m: Record<string, number | null> = {};
  const notes = notesOf(v);
  const at = shapes.map((shape) => keptRank(v.keep, shape));

  await lab.step(0.3, 'SVD and LoRD at one share');
  m['params.full'] = fullParameters(v);
  m['params.lord'] = countAt(at, shapes);
  m.ratio = m['params.lord'] / m['params.full'];
  if (m.ratio > 1) notes.push('At this share the factors hold more numbers than the weights (parity).');
  m['loss.svd'] = await lossAt(ground, at, 'svd');
  m['loss.lord'] = await lossAt(ground, at, 'lord');
  m['loss.merged'] = await lossAt(ground, at, 'merged');
  m['loss.quant'] = await lossAt(ground, at, 'lord', v.bits);
  Object.assign(m, await layerErrors(ground, at));
  lab.partial({ metrics: m });
  await lab.factors(() => splitFactors(ground, at));

  const sensitivity = await lab.cached(`${groundKey(v)} sensitivity`, () => sensitivities(lab, v, ground));
  const layerwise = ranksFor(sensitivity, v.tolerance, shapes);
  const uniform = uniformRanks(countAt(layerwise, shapes), shapes);
  await lab.step(0.8, 'layer-wise ranks');
  m['loss.layerwise'] = await lossAt(ground, layerwise, 'lord');
  m['loss.layerwise.svd'] = await lossAt(ground, layerwise, 'svd');
  m['loss.uniform'] = await lossAt(ground, uniform, 'lord');
  m['params.layerwise'] = countAt(layerwise, shapes);
  m['params.uniform'] = countAt(uniform, shapes);
  m.reduction = 1 - m['params.layerwise'] / m['params.full'];
  const reasons: Record<string, string> = {};
  for (let l = 0; l < 6; l++) {
    m[`rank.${l + 1}`] = l < shapes.length ? (layerwise[l] ?? Math.min(...shapes[l])) : null;
    if (l >= shapes.length) reasons[`rank.${l + 1}`] = `the network has ${shapes.length} layers`;
  }
  lab.partial({ metrics: m, reasons });

  const points = await sweep(lab, v, ground, sensitivity);
  return {
    metrics: m,
    reasons,
    notes,
    figures: [
      budgetFigure(points, m['params.full']),
      sensitivityFigure(sensitivity, SHARES, v.tolerance),
      ...ground.layers.map((layer, l) =>
        spectrumFigure(l + 1, layer.energies, layer.sigma, layerwise[l], Math.min(...shapes[l])),
      ),
    ],
  };
}

const recipeOf = (v: LordValues) => ({
  seed: v.seed,
  widths: widthsOf(v),
  alpha: v.alpha,
  correlation: v.correlation,
  shift: 0,
  targetRank: 8,
  noise: 0,
});

const groundKey = (v: LordValues): string =>
  `${recipeKey(recipeOf(v))} lord ${v.calibration} ${v.validation}`;

async function groundwork(lab: Lab, v: LordValues): Promise<Ground> {
  const { home } = lab;
  return lab.cached(groundKey(v), async () => {
    await lab.step(0, 'network');
    const data = networkData(recipeOf(v));
    let calibration = upload(home, data.trainInputs, 0, v.calibration);
    let validation = upload(home, data.trainInputs, v.calibration, v.calibration + v.validation);
    const layers: Anatomy[] = [];
    for (const [l, weight] of data.weights.entries()) {
      await lab.step(0.02 + (0.28 * l) / data.weights.length, `principal components of layer ${l + 1}`);
      const w = upload(home, weight);
      const y = await matmul(calibration, w, { transposeB: true });
      const z = await matmul(validation, w, { transposeB: true });
      const mean = await meanRow(y);
      const { vectors: q, energies } = await principal(await centred(y, mean));
      const { s, v: right } = await svd(w);
      const sigma = Float64Array.from(await home.read(s));
      layers.push({ w, calibration, validation, mean, q, energies, v: right, sigma });
      const last = l === data.weights.length - 1;
      calibration = last ? y : await gelu(y);
      validation = last ? z : await gelu(z);
    }
    const [evalInputs, evalTargets] = [upload(home, data.evalInputs), upload(home, data.evalTargets)];
    return { data, layers, evalInputs, evalTargets, output: validation };
  });
}

/** x -> x A^T B^T + c: two factors and, for LoRD, a bias. */
interface Split {
  a: Tensor;
  b: Tensor;
  bias: Tensor | null;
}

async function split(layer: Anatomy, rank: number, way: 'svd' | 'lord', bits?: number): Promise<Split> {
  const { home } = layer.w;
  return home.scope(async () => {
    const round = async (t: Tensor) => (bits === undefined ? t : roundToGrid(t, { bits }));
    if (way === 'svd') {
      const right = await columns(layer.v, 0, rank);
      // W V_r = U_r S_r, and A = V_r^T comes as its transpose: x A^T = x V_r.
      return { a: await round(right), b: await round(await matmul(layer.w, right)), bias: null };
    }
    const q = await columns(layer.q, 0, rank);
    const inside = await matmul(layer.mean, q);
    const bias = await axpby(1, layer.mean, -1, await matmul(inside, q, { transposeB: true }));
    const a = await round(await matmul(q, layer.w, { transposeA: true }));
    return { a, b: await round(q), bias };
  });
}

/** One row for each of `rows`, all equal: what a bias adds. */
async function repeated(home: Home, row: Tensor, rows: number): Promise<Tensor> {
  return matmul(home.tensor([rows, 1], new Float64Array(rows).fill(1)), row);
}

async function splitLayer(
  layer: Anatomy,
  rank: number,
  way: 'svd' | 'lord' | 'merged',
  bits?: number,
): Promise<Layer> {
  return layerOf(await split(layer, rank, way === 'svd' ? 'svd' : 'lord', bits), way);
}

async function layerOf({ a, b, bias }: Split, way: 'svd' | 'lord' | 'merged'): Promise<Layer> {
  const dense = way === 'merged' ? await matmul(b, a) : null;
  return {
    async forward(x) {
      const z = bias ? await repeated(a.home, bias, x.shape[0]) : null;
      const options = { transposeB: true, ...(z ? { beta: 1, into: z } : {}) };
      if (dense) return matmul(x, dense, options);
      return matmul(await matmul(x, a, { transposeB: way !== 'svd' }), b, options);
    },
    weight: async () => dense ?? matmul(b, a, { transposeB: way === 'svd' }),
  };
}

const layersAt = async (
  { layers }: Ground,
  ranks: Ranks,
  way: 'svd' | 'lord' | 'merged',
  bits?: number,
): Promise<Layer[]> => {
  const out: Layer[] = [];
  for (const [l, layer] of layers.entries()) {
    const rank = ranks[l];
    out.push(rank === null ? frozenLayer(layer.w) : await splitLayer(layer, rank, way, bits));
  }
  return out;
};

/** Relative squared change of the output on the evaluation rows with the layers split at these ranks. */
async function lossAt(
  ground: Ground,
  ranks: Ranks,
  way: 'svd' | 'lord' | 'merged',
  bits?: number,
): Promise<number> {
  const { home } = ground.evalInputs;
  return home.scope(async () => {
    const layers = await layersAt(ground, ranks, way, bits);
    const output = await through(layers, ground.evalInputs);
    return relativeLoss(output, ground.evalTargets, ground.data.scale);
  });
}

/** A, B and the bias of every layer at these ranks: y = B A x + c. */
async function splitFactors(ground: Ground, ranks: readonly number[]): Promise<FactorSet> {
  const parts: Factor[] = [];
  for (const [l, layer] of ground.layers.entries()) {
    const { a, b, bias } = await split(layer, ranks[l], 'lord');
    if (!bias) throw new Error('lord: a split by components has a bias');
    parts.push(
      { name: `A of layer ${l + 1}`, key: `layers.${l}.A`, value: a },
      { name: `B of layer ${l + 1}`, key: `layers.${l}.B`, value: b },
      { name: `Bias of layer ${l + 1}`, key: `layers.${l}.bias`, value: bias },
    );
  }
  const of = (stored: readonly Tensor[]): Promise<number> =>
    ground.evalInputs.home.scope(async () => {
      const layers: Layer[] = [];
      for (let l = 0; 3 * l < stored.length; l++) {
        const [a, b, bias] = stored.slice(3 * l, 3 * l + 3);
        layers.push(await layerOf({ a, b, bias }, 'lord'));
      }
      return relativeLoss(await through(layers, ground.evalInputs), ground.evalTargets, ground.data.scale);
    });
  return { parts, measures: [{ metric: 'loss.lord', of }] };
}

async function through(layers: readonly Layer[], x: Tensor): Promise<Tensor> {
  let h = x;
  for (const [l, layer] of layers.entries()) {
    const z = await layer.forward(h);
    h = l < layers.length - 1 ? await gelu(z) : z;
  }
  return h;
}

/** Means over the layers of the output error on calibration rows, and of the dropped eigenvalues. */
async function layerErrors({ layers }: Ground, ranks: readonly number[]): Promise<Record<string, number>> {
  const out = { 'error.svd': 0, 'error.lord': 0, 'error.tail': 0 };
  for (const [l, layer] of layers.entries()) {
    const { home } = layer.w;
    const total = layer.energies.reduce((sum, energy) => sum + energy, 0);
    const dropped = layer.energies.slice(ranks[l]).reduce((sum, energy) => sum + energy, 0);
    out['error.tail'] += total === 0 ? 0 : dropped / total / layers.length;
    await home.scope(async () => {
      const y = await matmul(layer.calibration, layer.w, { transposeB: true });
      const all = await frobenius(await centred(y, layer.mean));
      for (const way of ['svd', 'lord'] as const) {
        const cut = await splitLayer(layer, ranks[l], way);
        const wrong = await frobenius(await axpby(1, await cut.forward(layer.calibration), -1, y));
        out[`error.${way}`] += all === 0 ? 0 : (wrong / all) ** 2 / layers.length;
      }
    });
  }
  return out;
}

/** changes[layer][share]: mean squared change of the output on validation rows with that layer alone split. */
async function sensitivities(lab: Lab, v: LordValues, ground: Ground): Promise<number[][]> {
  const shapes = layerShapes(v);
  const size = await frobenius(ground.output);
  const changes: number[][] = [];
  for (const [l, layer] of ground.layers.entries()) {
    const row: number[] = [];
    for (const share of SHARES) {
      await lab.step(
        0.35 + (0.4 * (l + share)) / ground.layers.length,
        `layer ${l + 1} alone at share ${share}`,
      );
      row.push(
        await lab.home.scope(async () => {
          const cut = await splitLayer(layer, keptRank(share, shapes[l]), 'lord');
          const rest = ground.layers.slice(l + 1).map(({ w }) => frozenLayer(w));
          const output = await through([cut, ...rest], layer.validation);
          return ((await frobenius(await axpby(1, output, -1, ground.output))) / size) ** 2;
        }),
      );
    }
    changes.push(row);
  }
  return changes;
}

/** The first share at which a layer alone keeps the tolerance, under the parity rule. */
function ranksFor(
  changes: readonly number[][],
  tolerance: number,
  shapes: readonly [number, number][],
): Ranks {
  return changes.map((row, l) => {
    const found = row.findIndex((change) => change <= tolerance);
    return splitRank(found < 0 ? Math.min(...shapes[l]) : keptRank(SHARES[found], shapes[l]), shapes[l]);
  });
}

/** The smallest share, in steps of 0.005, whose numbers reach the budget. */
function uniformRanks(budget: number, shapes: readonly [number, number][]): Ranks {
  for (let i = 1; i <= 200; i++) {
    const ranks = shapes.map((shape) => splitRank(keptRank(i / 200, shape), shape));
    if (countAt(ranks, shapes) >= budget) return ranks;
  }
  return shapes.map(() => null);
}

async function sweep(
  lab: Lab,
  v: LordValues,
  ground: Ground,
  changes: readonly number[][],
): Promise<BudgetPoint[]> {
  const shapes = layerShapes(v);
  const points: BudgetPoint[] = [];
  for (const [i, share] of SWEEP.entries()) {
    await lab.step(0.82 + (0.1 * i) / SWEEP.length, `loss at share ${share}`);
    const ranks = shapes.map((shape) => keptRank(share, shape));
    const params = countAt(ranks, shapes);
    points.push({ way: 'svd', label: `share ${share}`, params, loss: await lossAt(ground, ranks, 'svd') });
    points.push({ way: 'lord', label: `share ${share}`, params, loss: await lossAt(ground, ranks, 'lord') });
  }
  for (const tolerance of TOLERANCES) {
    await lab.step(0.95, `layer-wise at tolerance ${tolerance}`);
    const ranks = ranksFor(changes, tolerance, shapes);
    const loss = await lossAt(ground, ranks, 'lord');
    points.push({ way: 'layerwise', label: `tolerance ${tolerance}`, params: countAt(ranks, shapes), loss });
  }
  return points;
}

function notesOf(v: LordValues): string[] {
  const widest = Math.max(...layerShapes(v).map(([out]) => out));
  return v.calibration < widest
    ? [
        'Fewer calibration rows than outputs: directions that no row shows have eigenvalue 0 and are dropped first.',
      ]
    : [];
}
