/** The optimizer of Fira, and of GaLore, which is Fira without its second part. */
import type { Home, Tensor } from '../../../gpu/home';
import { scaleColumns } from '../../../kernels/elementwise';
import { matmul } from '../../../kernels/matmul';
import {
  adamDirection,
  applyScaled,
  limitGrowth,
  lineRatio,
  recordCosine,
  scaleRemainder,
} from '../../../kernels/projected';
import { columns } from '../../../kernels/slice';
import { svd } from '../../../kernels/svd';
import type { Matrix } from '../../../math/linalg';
import { denseLayer } from '../../../testbeds/layers';
import { parameterList } from '../../../testbeds/parameters';
import type { Model, NetworkBed } from '../../../testbeds/training';

export interface FiraOptions {
  rank: number;
  steps: number;
  rate: number;
  gap: number;
  scale: number;
  /** Without the rest of the gradient: GaLore. */
  rest: boolean;
  /** Bound on the growth of the rest; null switches the limiter off. */
  limiter: number | null;
  /** Compare the scaling with that of full Adam, whose moments are kept beside for that. */
  watch: boolean;
}

/** What the run leaves on the device, to be read when it is over. */
export interface FiraModel extends Model {
  /** ||S||_F at each step, layer by layer. */
  norms: Tensor[];
  /** Cosine with full Adam's scaling at each step, layer by layer. */
  cosines: Tensor[];
  /** phi and full Adam's factors at the last step, layer by layer. */
  last: { phi: Tensor; full: Tensor }[];
  /** Weights and projections as they stand, layer by layer. */
  weights: readonly Tensor[];
  projections(): readonly Tensor[];
}

/** One layer's state. `right`: m >= n, the gradient is projected as G Q; else as Q^T G. */
interface LayerState {
  right: boolean;
  rank: number;
  q: Tensor | null;
  moments: Tensor;
  full: Tensor;
}

const BETA1 = 0.9;
const BETA2 = 0.999;

export function firaModel(bed: NetworkBed, starts: readonly Matrix[], options: FiraOptions): FiraModel {
  const { home } = bed;
  const list = parameterList(
    home,
    starts.map(({ rows: m, cols: n, data }) => ({ shape: [m, n], values: data })),
  );
  const states = starts.map(({ rows: m, cols: n }): LayerState => {
    const rank = Math.min(options.rank, m, n);
    return {
      right: m >= n,
      rank,
      q: null,
      moments: home.tensor([rank * Math.max(m, n), 2]),
      full: home.tensor(options.watch ? [m * n, 2] : [0, 2]),
    };
  });
  const history = (): Tensor[] => starts.map(() => home.tensor([options.steps]));
  const model: FiraModel = {
    layers: starts.map((_, l) => denseLayer(list.parts[l], list.gradients[l])),
    trained: list.count,
    stateBytes: states.reduce((sum, { moments, rank }, l) => {
      const { rows: m, cols: n } = starts[l];
      return sum + 8 * moments.shape[0] + 4 * rank * Math.min(m, n);
    }, 0),
    norms: history(),
    cosines: history(),
    last: [],
    weights: list.parts,
    projections: () => states.flatMap(({ q }) => q ?? []),
    async update(step) {
      for (const [l, state] of states.entries()) {
        const g = list.gradients[l];
        if (step % options.gap === 0) await project(home, state, g);
        const watched = await home.scope(() => move(model, options, state, list.parts[l], g, l, step));
        for (const tensor of Object.values(model.last[l] ?? {})) home.release(tensor);
        if (watched) model.last[l] = watched;
      }
    },
  };
  return model;
}

/**
 * Q: the leading singular vectors of this gradient. The moments are kept, so that signs matter from the second
 * projection on, and singular vectors have none of their own: the largest entry of each is made positive.
 */
async function project(home: Home, state: LayerState, g: Tensor): Promise<void> {
  const q = await home.scope(async () => {
    const { u, v } = await svd(g);
    const leading = await columns(state.right ? v : u, 0, state.rank);
    return scaleColumns(leading, home.tensor([state.rank], signsOf(await home.read(leading), state.rank)));
  });
  if (state.q) home.release(state.q);
  state.q = q;
}

/** The sign of the entry of largest magnitude in each column. */
function signsOf(values: ArrayLike<number>, cols: number): Float64Array {
  const largest = new Float64Array(cols);
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i]) > Math.abs(largest[i % cols])) largest[i % cols] = values[i];
  }
  return largest.map((value) => (value < 0 ? -1 : 1));
}

async function move(
  model: FiraModel,
  options: FiraOptions,
  state: LayerState,
  w: Tensor,
  g: Tensor,
  l: number,
  step: number,
): Promise<FiraModel['last'][number] | null> {
  const { right, q } = state;
  if (!q) throw new Error('fira: no projection before the first step');
  const r = right ? await matmul(g, q) : await matmul(q, g, { transposeA: true });
  const { n } = await adamDirection(r, state.moments);
  const correction = Math.sqrt(1 - BETA2 ** (step + 1)) / (1 - BETA1 ** (step + 1));
  const back = { alpha: -options.rate * correction * options.scale, beta: 1, into: w };
  if (right) await matmul(n, q, { transposeB: true, ...back });
  else await matmul(q, n, back);
  if (!options.rest) return null;

  const phi = await lineRatio(n, r, right);
  const outside = { alpha: -1, epilogue: { residual: g } };
  const d = right ? await matmul(r, q, { transposeB: true, ...outside }) : await matmul(q, r, outside);
  const { s, squares } = await scaleRemainder(d, phi, right);
  const { factor } = await limitGrowth(squares, model.norms[l], { at: step, bound: options.limiter });
  await applyScaled(w, s, factor, options.rate * correction);
  if (!options.watch) return null;
  const { n: whole } = await adamDirection(g, state.full);
  const full = await lineRatio(whole, g, right);
  await recordCosine(model.cosines[l], phi, full, step);
  return { phi, full };
}
