/** LoRA adapters that are cut: trained under a rank drawn at every step, and evaluated at any rank. */
import type { Tensor } from '../../../gpu/home';
import { adamLines, lineState } from '../../../kernels/optimizer';
import { columns, type Matrix, matmul, matrix, scaleColumns, transpose } from '../../../math/linalg';
import { svd } from '../../../math/svd';
import { integers } from '../../../math/threefry';
import {
  adaptedLayer,
  type LoraModel,
  loraParameters,
  lowRankAdapter,
  partOf,
} from '../../../testbeds/adapters';
import { evaluate, type NetworkBed } from '../../../testbeds/training';

export interface DyloraModel extends LoraModel {
  /** Cuts the network to this rank until the next step. */
  cut(rank: number): void;
}

export interface DyloraOptions {
  seed: number;
  rankMax: number;
  /** Update row and column b alone. */
  frozen: boolean;
  steps: number;
  rate: number;
}

/**
 * Step s draws b_s = 1 + floor(R u) from stream 23, entry s, for all layers. The list's lines are the rank
 * indices: moments and step count of an index advance only in steps that update it.
 */
export function dyloraModel(bed: NetworkBed, options: DyloraOptions): DyloraModel {
  const { seed, rankMax, frozen, steps, rate } = options;
  const list = loraParameters(bed, seed, rankMax);
  const drawn = integers(seed, 23, steps, rankMax);
  // Padding lies on a line of its own, which no step reaches.
  const line = new Uint32Array(list.theta.shape[0]).fill(rankMax);
  list.parts.forEach((part, i) => {
    const width = part.shape[1];
    for (let e = 0; e < rankMax * width; e++) line[list.offsets[i] + e] = Math.floor(e / width);
  });
  const state = lineState(list.theta, line, { lines: rankMax + 1, most: steps });
  let rank = rankMax;
  return {
    list,
    layers: bed.weights.map((w, l) =>
      adaptedLayer(
        w,
        lowRankAdapter(partOf(list, 2 * l), partOf(list, 2 * l + 1), 1, () => rank),
      ),
    ),
    trained: list.count,
    stateBytes: 12 * list.count, // two moments and a step count
    cut(to) {
      rank = to;
    },
    async before(step) {
      rank = 1 + drawn[step];
    },
    async update() {
      await adamLines(list.theta, list.gradient, state, { rate, from: frozen ? rank - 1 : 0, to: rank });
      rank = rankMax;
    },
  };
}

/** B^T (R x m) and A (R x n) of every layer, on the host. */
export interface HostFactors {
  bt: Matrix;
  a: Matrix;
}

export async function factorsOf({ list }: LoraModel): Promise<HostFactors[]> {
  const { home } = list.theta;
  const read = async (part: Tensor): Promise<Matrix> =>
    matrix(part.shape[0], part.shape[1], Float64Array.from(await home.read(part)));
  const out: HostFactors[] = [];
  for (let i = 0; i < list.parts.length; i += 2) {
    out.push({ bt: await read(list.parts[i]), a: await read(list.parts[i + 1]) });
  }
  return out;
}

/** The same products B A with factors ordered by singular value: (U S)^T and V^T, of the same rank. */
export function bySingularValue({ bt, a }: HostFactors): HostFactors {
  const { u, s, v } = svd(matmul(bt, a, { transposeA: true }));
  const r = Math.min(bt.rows, s.length);
  return {
    bt: transpose(scaleColumns(columns(u, 0, r), s.slice(0, r))),
    a: transpose(columns(v, 0, r)),
  };
}

/** Evaluation losses of the network with these factors cut to their first 1, 2, ..., R rows. */
export async function lossesByRank(
  bed: NetworkBed,
  factors: readonly HostFactors[],
  rankMax: number,
  seam: () => Promise<void>,
): Promise<number[]> {
  const { home } = bed;
  return home.scope(async () => {
    let rank = 1;
    const upload = (m: Matrix) => ({ value: home.tensor([m.rows, m.cols], m.data), gradient: null });
    const layers = factors.map(({ bt, a }, l) => {
      const cut = (): number => Math.min(rank, bt.rows);
      return adaptedLayer(bed.weights[l], lowRankAdapter(upload(bt), upload(a), 1, cut));
    });
    const losses: number[] = [];
    for (; rank <= rankMax; rank++) {
      await seam();
      losses.push(await evaluate(bed, layers));
    }
    return losses;
  });
}

/** ||B_:i|| ||A_i:|| for every rank index. */
export function columnSizes({ bt, a }: HostFactors): number[] {
  const length = (m: Matrix, i: number): number =>
    Math.hypot(...m.data.subarray(i * m.cols, (i + 1) * m.cols));
  return Array.from({ length: bt.rows }, (_, i) => length(bt, i) * length(a, i));
}
