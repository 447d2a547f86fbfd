/** The run of trp: plain training, training with weight decay, and training that is cut as it goes. */
import type { Home, Tensor } from '../../../gpu/home';
import { scaleColumns } from '../../../kernels/elementwise';
import { matmul } from '../../../kernels/matmul';
import { adam, adamMoments, descend } from '../../../kernels/optimizer';
import { columns } from '../../../kernels/slice';
import { svd } from '../../../kernels/svd';
import { transpose } from '../../../kernels/transpose';
import { UserError } from '../../../math/errors';
import { type Matrix, matrix } from '../../../math/linalg';
import { singularValues } from '../../../math/svd';
import { denseLayer, frozenLayer, type Layer } from '../../../testbeds/layers';
import { parameterList } from '../../../testbeds/parameters';
import { pretrainRecipe, randomWeights } from '../../../testbeds/pretrain';
import { adamModel, evaluate, type Model, type NetworkBed } from '../../../testbeds/training';
import type { Factor, FactorSet } from '../../factors';
import type { Lab, Outcome } from '../../method';
import { lossMeasure } from '../../networkfactors';
import { type Board, type Finished, openBoard } from '../../networkruns';
import { lossBars, rankFigure, spectrumFigures } from './figures';
import { energyRank, factorParameters, fullParameters, widthsOf } from './shapes';

export interface TrpValues {
  seed: number;
  steps: number;
  batch: number;
  lr: number;
  energy: number;
  period: number;
  nuclear: number;
  decay: number;
  alpha: number;
  targetRank: number;
  shift: number;
  width: number;
}

/** A trained network on the host. */
interface Trained {
  weights: Matrix[];
  spectra: number[][];
  /** trp: step and rank of every layer at each truncation. */
  history: { step: number; ranks: number[] }[];
}

const nuclearNorm = (spectra: readonly number[][]): number =>
  spectra.flat().reduce((sum, sigma) => sum + sigma, 0);

export async function run(lab: Lab, v: TrpValues): Promise<Outcome> {
  const widths = widthsOf(v);
  const start = randomWeights(v.seed, widths, 20);
  const withPlain = v.nuclear > 0;
  const board = await openBoard(lab, {
    recipe: pretrainRecipe(v, widths),
    batch: v.batch,
    plannedSteps: (withPlain ? 4 : 3) * v.steps,
    from: start,
  });
  const own = await trpRun(board, lab, v, start, v.nuclear, false);
  const full = await plainRun(board, lab, v, start, 0);
  const decay = await plainRun(board, lab, v, start, v.decay);
  const ranks = own.result.spectra.map((sigma) => energyRank(sigma, v.energy));
  requireTrained(own.result);

  const cut = (trained: Finished<Trained>, at: readonly number[]): Promise<number> =>
    lossCut(board.bed, trained.result.weights, at);
  const m: Record<string, number> = {
    'loss.full': full.loss,
    'loss.svd': await cut(full, ranks),
    'loss.decay': decay.loss,
    'loss.decay_svd': await cut(decay, ranks),
    'loss.before': own.loss,
    'loss.trp': await cut(own, ranks),
    'params.full': fullParameters(v),
    'params.trp': factorParameters(v, ranks),
    'nuclear.full': nuclearNorm(full.result.spectra),
    'nuclear.trp': nuclearNorm(own.result.spectra),
    'rank.total': ranks.reduce((sum, k) => sum + k, 0),
  };
  ranks.forEach((k, l) => {
    m[`rank.${l + 1}`] = k;
  });
  m.ratio = m['params.full'] / m['params.trp'];
  const energyRanks = (trained: Finished<Trained>): number[] =>
    trained.result.spectra.map((sigma) => energyRank(sigma, v.energy));
  lab.partial({ metrics: m });
  await lab.factors(() => cutFactors(board.bed, own.result.weights, ranks));
  m['rank.svd_energy'] = energyRanks(full).reduce((sum, k) => sum + k, 0);
  m['rank.decay'] = energyRanks(decay).reduce((sum, k) => sum + k, 0);
  m['loss.svd_energy'] = await cut(full, energyRanks(full));
  lab.partial({ metrics: m });

  const plain = withPlain ? await trpRun(board, lab, v, start, 0, true) : own;
  const plainRanks = energyRanks(plain);
  m['rank.total.plain'] = plainRanks.reduce((sum, k) => sum + k, 0);
  m['nuclear.trp.plain'] = nuclearNorm(plain.result.spectra);
  m['loss.trp.plain'] = await cut(plain, plainRanks);
  m['loss.svd.plain'] = await cut(full, plainRanks);

  return {
    metrics: m,
    notes: notesOf(v, m, ranks),
    figures: [
      ...spectrumFigures(
        { full: full.result.spectra, decay: decay.result.spectra, trp: own.result.spectra },
        ranks,
      ),
      ...board
        .figures()
        .map((figure) => (figure.id === 'loss' ? withTruncations(figure, own.result) : figure)),
      rankFigure(own.result.history),
      lossBars(m),
    ],
  };
}

/** The truncation steps as marks on the loss curves, where they are few enough to be read. */
function withTruncations(figure: ReturnType<Board['figures']>[number], { history }: Trained): typeof figure {
  if (figure.kind !== 'lines' || history.length > 24) return figure;
  const ticks = history.map(({ step }) => ({ axis: 'x' as const, at: step, label: '' }));
  return { ...figure, marks: [...(figure.marks ?? []), ...ticks] };
}

async function plainRun(
  board: Board,
  lab: Lab,
  v: TrpValues,
  start: Matrix[],
  decay: number,
): Promise<Finished<Trained>> {
  return board.run({
    key: decay > 0 ? 'decay' : 'full',
    label: decay > 0 ? 'Weight decay' : 'Plain training',
    role: decay > 0 ? 'baseline' : 'exact',
    cacheKey: `trp plain ${v.seed} ${v.lr} ${decay}`,
    model: (bed) => {
      const list = parameterList(
        bed.home,
        start.map(({ rows: m, cols: n, data }) => ({ shape: [m, n], values: data })),
      );
      const layers = start.map((_, l) => denseLayer(list.parts[l], list.gradients[l]));
      return adamModel(layers, list, { rate: v.lr, decay });
    },
    options: { steps: v.steps },
    finish: async (model) => takeOut(lab.home, model, []),
  });
}

async function trpRun(
  board: Board,
  lab: Lab,
  v: TrpValues,
  start: Matrix[],
  nuclear: number,
  silent: boolean,
): Promise<Finished<Trained>> {
  const history: Trained['history'] = [];
  return board.run({
    key: 'trp',
    label: nuclear === v.nuclear ? 'TRP' : 'TRP without the nuclear term',
    role: 'method',
    silent,
    cacheKey: `trp ${v.seed} ${v.lr} ${v.energy} ${v.period} ${nuclear}`,
    model: (bed) => trpModel(bed, v, start, nuclear, history),
    options: { steps: v.steps },
    finish: async (model) => takeOut(lab.home, model, history),
  });
}

/** Adam on all weights, a truncation every `period` steps, and the sub-gradient of the last one in every step. */
function trpModel(
  bed: NetworkBed,
  v: TrpValues,
  start: Matrix[],
  nuclear: number,
  history: Trained['history'],
): Model {
  const { home } = bed;
  const list = parameterList(
    home,
    start.map(({ rows: m, cols: n, data }) => ({ shape: [m, n], values: data })),
  );
  const pulls = parameterList(
    home,
    start.map(({ rows: m, cols: n }) => ({ shape: [m, n] })),
  );
  const moments = adamMoments(list.theta);
  const layers = start.map((_, l) => denseLayer(list.parts[l], list.gradients[l]));
  return {
    layers,
    trained: list.count,
    // Two moments and the sub-gradient.
    stateBytes: 12 * list.count,
    async before(step) {
      if (step % v.period !== 0) return;
      const ranks: number[] = [];
      for (const [l, w] of list.parts.entries()) ranks.push(await truncate(w, pulls.parts[l], v.energy));
      history.push({ step, ranks });
    },
    async update(step) {
      await adam(list.theta, list.gradient, moments, { rate: v.lr, step: step + 1 });
      if (nuclear > 0) await descend(list.theta, pulls.theta, { rate: v.lr * nuclear });
    },
  };
}

/** W <- U_k S_k V_k^T and N <- U_k V_k^T, in place. Returns k. Nothing is cut where energy is 1. */
async function truncate(w: Tensor, n: Tensor, energy: number): Promise<number> {
  const { home } = w;
  return home.scope(async () => {
    const { u, s, v } = await svd(w);
    const sigma = await home.read(s);
    const k = energyRank(sigma, energy);
    const [left, right] = [await columns(u, 0, k), await columns(v, 0, k)];
    await matmul(left, right, { transposeB: true, into: n });
    if (energy < 1) {
      const scaled = await scaleColumns(left, home.tensor([k], sigma.slice(0, k)));
      await matmul(scaled, right, { transposeB: true, into: w });
    }
    return k;
  });
}

async function takeOut(home: Home, model: Model, history: Trained['history']): Promise<Trained> {
  const weights: Matrix[] = [];
  for (const layer of model.layers) {
    const w = await layer.weight();
    weights.push(matrix(w.shape[0], w.shape[1], Float64Array.from(await home.read(w))));
  }
  const sound = weights.every(({ data }) => data.every(Number.isFinite));
  return { weights, spectra: sound ? weights.map((w) => Array.from(singularValues(w))) : [], history };
}

function requireTrained({ spectra }: Trained): void {
  if (spectra.length === 0) throw new UserError('training diverged: choose a lower lr');
}

/** Evaluation loss of these weights with layer l cut to ranks[l], multiplied as two factors. */
async function lossCut(
  bed: NetworkBed,
  weights: readonly Matrix[],
  ranks: readonly number[],
): Promise<number> {
  const { home } = bed;
  return home.scope(async () => {
    const layers: Layer[] = [];
    for (const [l, w] of weights.entries()) {
      const { left, right } = await cutWeight(home, w, ranks[l]);
      layers.push(frozenLayer(await matmul(left, right, { transposeB: true })));
    }
    return evaluate(bed, layers);
  });
}

/** U_k S_k and V_k of a weight. */
async function cutWeight(home: Home, w: Matrix, k: number): Promise<{ left: Tensor; right: Tensor }> {
  const { u, s, v } = await svd(home.tensor([w.rows, w.cols], w.data));
  return {
    left: await scaleColumns(await columns(u, 0, k), await head(s, k)),
    right: await columns(v, 0, k),
  };
}

/** The two factors of every layer: W ~ B A with B = U_k S_k and A = V_k^T. */
async function cutFactors(
  bed: NetworkBed,
  weights: readonly Matrix[],
  ranks: readonly number[],
): Promise<FactorSet> {
  const parts: Factor[] = [];
  for (const [l, w] of weights.entries()) {
    const { left, right } = await cutWeight(bed.home, w, ranks[l]);
    parts.push(
      { name: `A of layer ${l + 1}`, key: `layers.${l}.A`, value: await transpose(right) },
      { name: `B of layer ${l + 1}`, key: `layers.${l}.B`, value: left },
    );
  }
  const layers = async (stored: readonly Tensor[]): Promise<Layer[]> => {
    const out: Layer[] = [];
    for (let l = 0; 2 * l < stored.length; l++) {
      out.push(frozenLayer(await matmul(stored[2 * l + 1], stored[2 * l])));
    }
    return out;
  };
  return { parts, measures: [lossMeasure(bed, 'loss.trp', layers)] };
}

const head = async (s: Tensor, k: number): Promise<Tensor> =>
  s.home.tensor([k], Float64Array.from(await s.home.read(s)).slice(0, k));

function notesOf(v: TrpValues, m: Record<string, number>, ranks: readonly number[]): string[] {
  const notes: string[] = [];
  if (v.period > v.steps)
    notes.push('The period is above the steps: only the truncation at step 0 and the last one happen.');
  if (m.ratio < 1)
    notes.push('The factors hold more numbers than the dense weights: at these ranks nothing is saved.');
  if (ranks.every((k) => k === 1) && m['loss.trp'] > 0.8) {
    notes.push('All ranks are 1: the nuclear weight is too strong for this number of steps.');
  }
  return notes;
}
