/** The run of fira: four optimizers from the same start on the same batches. */
import type { Tensor } from '../../../gpu/home';
import { frozenLayer } from '../../../testbeds/layers';
import { pretrainRecipe, randomWeights } from '../../../testbeds/pretrain';
import { fullModel, type Model, type NetworkBed } from '../../../testbeds/training';
import type { FactorSet } from '../../factors';
import type { Lab, Outcome } from '../../method';
import { copies, lossMeasure } from '../../networkfactors';
import { type Finished, openBoard } from '../../networkruns';
import { integersOf } from '../../parameters';
import { stateNumbers, weightNumbers } from './counts';
import { growthFigures, scalingFigure } from './figures';
import { type FiraModel, type FiraOptions, firaModel } from './optimizer';

export interface FiraValues {
  seed: number;
  rank: number;
  steps: number;
  batch: number;
  lr: number;
  gap: number;
  scale: number;
  limiter: number;
  alpha: number;
  widths: string;
}

/** Histories that a run of Fira leaves, layer by layer. */
interface Traces {
  norms: number[][];
  cosines: number[][];
  last: { phi: number[]; full: number[] }[];
  /** Weights and last projections of Fira itself. */
  weights: readonly Tensor[];
  projections: readonly Tensor[];
}

export async function run(lab: Lab, v: FiraValues): Promise<Outcome> {
  const widths = integersOf(v.widths);
  const starts = randomWeights(v.seed, widths, 20);
  const board = await openBoard(lab, {
    recipe: pretrainRecipe(v, widths),
    batch: v.batch,
    plannedSteps: 4 * v.steps,
    from: starts,
  });
  const base: FiraOptions = {
    rank: v.rank,
    steps: v.steps,
    rate: v.lr,
    gap: v.gap,
    scale: v.scale,
    rest: true,
    limiter: v.limiter,
    watch: false,
  };
  const train = (
    key: string,
    label: string,
    role: 'method' | 'baseline',
    options: FiraOptions,
  ): Promise<Finished<Traces>> =>
    board.run<FiraModel, Traces>({
      key,
      label,
      role,
      cacheKey: `fira ${v.seed} ${JSON.stringify(options)}`,
      model: (bed) => firaModel(bed, starts, options),
      options: { steps: v.steps },
      finish: (model) => tracesOf(lab, model),
    });

  const fira = await train('fira', 'Fira', 'method', { ...base, watch: true });
  lab.partial({ metrics: { 'loss.fira': fira.loss } });
  await lab.factors(async () => projectionFactors(board.bed, fira.result));
  const free = await train('fira-nolimit', 'Fira without limiter', 'baseline', { ...base, limiter: null });
  const galore = await train('galore', 'GaLore', 'baseline', { ...base, rest: false });
  const full = await board.run<Model, undefined>({
    key: 'full',
    label: 'Adam',
    role: 'exact',
    cacheKey: `fira full ${v.seed} ${v.lr}`,
    model: (bed) => fullModel(bed, v.lr, starts),
    options: { steps: v.steps },
  });
  const metrics = {
    'loss.start': fira.curve.losses[0],
    'loss.full': full.loss,
    'loss.galore': galore.loss,
    'loss.fira': fira.loss,
    'loss.nolimit': free.loss,
    'gap.closed': (galore.loss - fira.loss) / (galore.loss - full.loss),
    'growth.fira': largestGrowth(fira.result.norms),
    'growth.nolimit': largestGrowth(free.result.norms),
    'similarity.scaling': meanOf(fira.result.cosines.flat()),
    'state.full': 2 * weightNumbers(widths),
    'state.galore': stateNumbers(widths, v.rank),
    'state.fira': stateNumbers(widths, v.rank),
  };
  return {
    metrics,
    notes: notesOf(v, widths),
    figures: [
      ...board.figures(),
      ...growthFigures(fira.result.norms, free.result.norms),
      scalingFigure(fira.result.last[Math.min(1, fira.result.last.length - 1)], widths.length > 2 ? 2 : 1),
    ],
  };
}

async function tracesOf(lab: Lab, model: FiraModel): Promise<Traces> {
  const read = async (tensor: FiraModel['norms'][number]): Promise<number[]> =>
    Array.from(await lab.home.read(tensor));
  const kept = model.last.length > 0; // Fira itself is the one that is watched
  const out: Traces = {
    norms: [],
    cosines: [],
    last: [],
    weights: await copies(kept ? model.weights : []),
    projections: await copies(kept ? model.projections() : []),
  };
  for (const tensor of model.norms) out.norms.push(await read(tensor));
  for (const tensor of model.cosines) out.cosines.push(await read(tensor));
  for (const { phi, full } of model.last) out.last.push({ phi: await read(phi), full: await read(full) });
  return out;
}

/** W and the last Q of every layer: the gradient is projected as Q^T G, or G Q where W is taller than wide. */
function projectionFactors(bed: NetworkBed, { weights, projections }: Traces): FactorSet {
  const parts = weights.flatMap((w, l) => [
    { name: `W of layer ${l + 1}`, key: `layers.${l}.weight`, value: w },
    { name: `Q of layer ${l + 1}`, key: `layers.${l}.projection`, value: projections[l] },
  ]);
  const layers = async (stored: readonly Tensor[]) =>
    stored.filter((_tensor, i) => i % 2 === 0).map(frozenLayer);
  return { parts, measures: [lossMeasure(bed, 'loss.fira', layers)] };
}

/** The largest ratio of a norm to the one before, over layers and steps; 1 where all are zero. */
function largestGrowth(norms: readonly number[][]): number {
  let largest = 0;
  for (const layer of norms) {
    for (let t = 1; t < layer.length; t++) {
      if (layer[t - 1] > 0) largest = Math.max(largest, layer[t] / layer[t - 1]);
    }
  }
  return largest || 1;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function notesOf(v: FiraValues, widths: readonly number[]): string[] {
  const notes: string[] = [];
  widths.slice(1).forEach((m, l) => {
    const most = Math.min(m, widths[l]);
    if (v.rank >= most) {
      notes.push(
        `Rank ${v.rank} is ${v.rank > most ? `cut to ${most}` : 'full'} in layer ${l + 1}: there Fira equals GaLore.`,
      );
    }
  });
  if (v.steps / v.gap > 50) notes.push('More than 50 projections: each costs an SVD of every gradient.');
  return notes;
}
