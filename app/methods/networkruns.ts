/**
 * Training runs on the network testbeds as a person watches them: every run streams its loss curve and the
 * spectrum of its weight change; runs that the changed parameters do not touch (the baselines) come from the
 * cache with their whole curves.
 */
import type { Home, Tensor } from '../gpu/home';
import { UserError } from '../math/errors';
import { type Matrix, matrix } from '../math/linalg';
import { singularValues } from '../math/svd';
import { fullCount, type LoraModel, loraModel } from '../testbeds/adapters';
import { frozenLayer } from '../testbeds/layers';
import { type NetworkRecipe, networkData, recipeKey } from '../testbeds/network';
import {
  type Curve,
  evaluate,
  finalLoss,
  fullModel,
  type Model,
  type NetworkBed,
  networkBed,
  type TrainOptions,
  train,
} from '../testbeds/training';
import type { Figure, Role, Series } from './figures';
import type { Lab } from './method';
import { copies } from './networkfactors';
import { type Entry, networkFigures } from './networkfigures';

/** The testbed of this recipe on the device, made once. */
export const bedOf = async (lab: Lab, recipe: NetworkRecipe, batch: number): Promise<NetworkBed> => {
  const data = await lab.cached(`${recipeKey(recipe)} data`, async () => networkData(recipe));
  return lab.cached(`${recipeKey(recipe)} batch ${batch}`, async () => networkBed(lab.home, data, batch));
};

export interface Finished<T> extends Entry {
  /** Evaluation loss after the last step. */
  loss: number;
  /** What `finish` took out of the trained model. */
  result: T;
}

export interface RunSpec<M extends Model, T> {
  key: string;
  label: string;
  role: Role;
  /** Everything that the run depends on besides recipe, batch and `from`. */
  cacheKey: string;
  model: (bed: NetworkBed) => M | Promise<M>;
  options: TrainOptions;
  /** Takes what is needed out of the trained model (numbers, host arrays, copies): its tensors end with the run. */
  finish?: (model: M, curve: Curve) => Promise<T>;
  /** Not in the shared figures while it trains: a point of a sweep. */
  silent?: boolean;
}

export interface BoardOptions {
  recipe: NetworkRecipe;
  batch: number;
  /** Training steps of all runs together, for the progress bar. */
  plannedSteps: number;
  /** Weights that the change is counted from; the pretrained ones unless given. */
  from?: readonly Matrix[];
  /** The method's own figures, streamed along: what makes its point, then the rest. */
  lead?: () => readonly Figure[];
  more?: () => readonly Figure[];
}

/** Above this a spectrum takes seconds on the host, and is left out. */
const SPECTRUM_LIMIT = 512;
const PARTIAL_MS = 120;
const SPECTRA_MS = 1200;

export type Board = Awaited<ReturnType<typeof openBoard>>;

/** Gathers the runs of one experiment and streams their pictures. */
export async function openBoard(lab: Lab, options: BoardOptions) {
  const { recipe, batch, plannedSteps } = options;
  await lab.step(0, 'network and data');
  const bed = await bedOf(lab, recipe, batch);
  const from = options.from ?? bed.data.weights;
  const base = `${recipeKey(recipe)} batch ${batch}`;
  const frozen = await lab.cached(`${base} frozen`, () => evaluate(bed, bed.weights.map(frozenLayer)));
  const entries: Entry[] = [];
  const sweeps: Series[] = [];
  const full = fullCount(recipe.widths);
  let doneSteps = 0;
  let lastPartial = 0;
  const figures = (running: readonly Entry[] = []): Figure[] => [
    ...(options.lead?.() ?? []),
    ...networkFigures([...entries, ...running], frozen, full, sweeps),
    ...(options.more?.() ?? []),
  ];
  const progress = (steps: number): number => Math.min(0.99, (doneSteps + steps) / Math.max(1, plannedSteps));

  async function train1<M extends Model, T>(
    spec: RunSpec<M, T>,
  ): Promise<Omit<Finished<T>, 'key' | 'label' | 'role'>> {
    const model = await spec.model(bed);
    let spectra: number[][] = [];
    let lastSpectra = performance.now();
    const running = (curve: Curve): Entry => ({
      key: spec.key,
      label: spec.label,
      role: spec.role,
      curve,
      trained: model.trained,
      stateBytes: model.stateBytes,
      spectra,
    });
    const curve = await train(bed, model, {
      ...spec.options,
      seam: (done) => lab.step(progress(done), spec.label),
      async onPoint(sofar, trained) {
        checkFinite(spec.label, sofar);
        await spec.options.onPoint?.(sofar, trained);
        const now = performance.now();
        if (spec.silent || now - lastPartial < PARTIAL_MS) return;
        if (now - lastSpectra > SPECTRA_MS) {
          spectra = await changeSpectra(lab.home, trained, from);
          lastSpectra = performance.now();
        }
        lastPartial = performance.now();
        lab.partial({ figures: figures([running(sofar)]) });
      },
    });
    spectra = spec.silent ? [] : await changeSpectra(lab.home, model, from);
    const result = (await spec.finish?.(model, curve)) as T; // T is undefined where nothing is taken
    const { trained, stateBytes } = model;
    return { curve, loss: finalLoss(curve), trained, stateBytes, spectra, result };
  }

  return {
    bed,
    /** Loss before any training. */
    frozen,
    base,
    figures,
    /** Lines over ranks in the picture of loss against parameters. */
    sweeps,
    /** Trains, or finds the finished run in the cache. */
    async run<M extends Model, T = undefined>(spec: RunSpec<M, T>): Promise<Finished<T>> {
      await lab.step(progress(0), spec.label);
      const { steps, points } = spec.options;
      const key = `${base} run ${spec.cacheKey} steps ${steps} ${points ?? ''} ${spec.silent ? 'silent' : ''}`;
      const run = await lab.cached(key, () => train1(spec));
      doneSteps += steps;
      const finished = { ...run, key: spec.key, label: spec.label, role: spec.role };
      if (!spec.silent) {
        entries.push(finished);
        lab.partial({ figures: figures() });
      }
      return finished;
    },
  };
}

/** @throws UserError where the loss has left the numbers. */
function checkFinite(label: string, { steps, losses }: Curve): void {
  const at = losses.length - 1;
  if (Number.isFinite(losses[at])) return;
  throw new UserError(
    `${label} diverged: its loss is no longer finite at step ${steps[at]}. Choose a lower learning rate.`,
  );
}

/** Singular values of W_eff - W of every layer, float64 on the host; none where a side is too long for that. */
async function changeSpectra(home: Home, model: Model, from: readonly Matrix[]): Promise<number[][]> {
  const out: number[][] = [];
  for (const [l, layer] of model.layers.entries()) {
    const { rows: m, cols: n, data } = from[l];
    if (Math.min(m, n) > SPECTRUM_LIMIT) return [];
    const now = await home.scope(async () => home.read(await layer.weight()));
    const change = matrix(
      m,
      n,
      data.map((w, i) => now[i] - w),
    );
    if (!change.data.every(Number.isFinite)) return [];
    out.push(Array.from(singularValues(change)));
  }
  return out;
}

/** Full fine-tuning by Adam: the baseline of all adapters. Leaves its weights. */
export const fullRun = (rate: number, steps: number): RunSpec<Model, readonly Tensor[]> => ({
  key: 'full',
  label: 'Full fine-tuning',
  role: 'baseline',
  cacheKey: `full ${rate}`,
  model: (bed) => fullModel(bed, rate),
  options: { steps },
  finish: ({ list }) => copies(list?.parts ?? []),
});

/** LoRA on every layer at this rank. Leaves B^T and A of every layer, unless it is a point of a sweep. */
export const loraRun = (
  seed: number,
  lora: { rank: number; scale: number; rate: number; steps: number },
  shown: { role: Role; label?: string; silent?: boolean } = { role: 'baseline' },
): RunSpec<LoraModel, readonly Tensor[]> => ({
  key: 'lora',
  label: shown.label ?? `LoRA, rank ${lora.rank}`,
  role: shown.role,
  silent: shown.silent,
  cacheKey: `lora ${seed} ${lora.rank} ${lora.scale} ${lora.rate}`,
  model: (bed) => loraModel(bed, { seed, ...lora }),
  options: { steps: lora.steps, points: shown.silent ? 1 : undefined },
  finish: ({ list }) => copies(shown.silent ? [] : list.parts),
});
