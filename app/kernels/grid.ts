/** Weights made simpler, simulated in full precision: rounded to a grid, or pruned to two of every four. */
import pruneCode from '../../shaders/prune_two_of_four.wgsl?raw';
import roundCode from '../../shaders/round_to_grid.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { roundHalfEven } from '../math/integers';
import { type Deviation, defineOperation, entrywise } from './operation';

const roundKernel = defineKernel({
  name: 'round_to_grid',
  code: roundCode,
  params: { group: 'u32', count: 'u32', levels: 'f32' },
  buffers: { a: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, group }) => ({ flop: 4 * count * group, bytes: 12 * count * group }),
});

const pruneKernel = defineKernel({
  name: 'prune_two_of_four',
  code: pruneCode,
  params: { cols: 'u32', count: 'u32' },
  buffers: { a: 'read', weight: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 4 * count, bytes: 48 * count }),
});

export interface GridOptions {
  /** At least 2: one bit leaves no level besides 0. */
  bits: number;
  /** Entries of a row that share a scale; divides the columns. All of them unless given. */
  group?: number;
}

function gridOf(a: Tensor, { bits, group = colsOf(a) }: GridOptions): { levels: number; group: number } {
  if (bits < 2) throw new UserError(`bits ${bits} leaves no level besides 0: choose 2 or more`);
  if (colsOf(a) % group !== 0) {
    throw new UserError(
      `group ${group} does not divide the ${colsOf(a)} columns of a ${shapeText(a)} matrix`,
    );
  }
  return { levels: 2 ** (bits - 1) - 1, group };
}

/** The scale of every group: max|a| / levels, 1 for a group of zeros. */
function scales(values: ArrayLike<number>, group: number, levels: number): Float64Array {
  return Float64Array.from({ length: values.length / group }, (_, g) => {
    let largest = 0;
    for (let t = g * group; t < (g + 1) * group; t++) largest = Math.max(largest, Math.abs(values[t]));
    return largest > 0 ? largest / levels : 1;
  });
}

/** Every group rounded to its own symmetric grid of 2^bits - 1 levels, ties to even. A new tensor. */
export const roundToGrid = defineOperation({
  name: 'roundToGrid',
  gpu: async (home: GpuHome, a: Tensor, options: GridOptions) => {
    const { levels, group } = gridOf(a, options);
    const out = home.empty(a.shape);
    await roundKernel.run(home, { group, count: sizeOf(a.shape) / group, levels }, { a, out });
    return out;
  },
  cpu: async (home: CpuHome, a: Tensor, options: GridOptions) => {
    const { levels, group } = gridOf(a, options);
    const out = home.tensor(a.shape);
    const [from, to] = [cpuData(a), cpuData(out)];
    const scale = scales(from, group, levels);
    for (let i = 0; i < to.length; i++) {
      const s = scale[Math.floor(i / group)];
      to[i] = s * Math.min(levels, Math.max(-levels, roundHalfEven(from[i] / s)));
    }
    return out;
  },
  /** Three roundings of relative size u; one level more where a / scale is within 6 u of a tie. */
  compare: (got, want, a: Tensor, options: GridOptions) => {
    const { levels, group } = gridOf(a, options);
    const from = cpuData(a);
    const scale = scales(from, group, levels);
    return entrywise(got, want, (i) => {
      const s = scale[Math.floor(i / group)];
      const level = Math.abs(from[i] / s);
      const toTie = Math.abs(level - Math.floor(level) - 0.5);
      return 8 * 2 ** -24 * Math.abs(from[i]) + (toTie <= 6 * 2 ** -24 * (1 + level) ? s : 0) + 1e-37;
    });
  },
});

/**
 * The two entries of every four in a row with the largest |a_ij| weight_j; the others are zero. `weight` holds
 * one factor for each column; ones give plain magnitude pruning.
 */
export const pruneTwoOfFour = defineOperation({
  name: 'pruneTwoOfFour',
  gpu: async (home: GpuHome, a: Tensor, weight: Tensor) => {
    checkPrune(a, weight);
    const out = home.empty(a.shape);
    await pruneKernel.run(home, { cols: colsOf(a), count: sizeOf(a.shape) / 4 }, { a, weight, out });
    return out;
  },
  cpu: async (home: CpuHome, a: Tensor, weight: Tensor) => {
    checkPrune(a, weight);
    const out = home.tensor(a.shape);
    const [from, to] = [cpuData(a), cpuData(out)];
    const score = scoresOf(a, weight);
    for (let i = 0; i < to.length; i++) {
      const first = i - (i % 4);
      let ahead = 0;
      for (let s = first; s < first + 4; s++) {
        if (score[s] > score[i] || (score[s] === score[i] && s < i)) ahead++;
      }
      to[i] = ahead < 2 ? from[i] : 0;
    }
    return out;
  },
  /** Exact; where the second and third score agree to 2 u either may stay. */
  compare: (got, want, a: Tensor, weight: Tensor): Deviation => {
    const score = scoresOf(a, weight);
    return entrywise(got, want, (i) => {
      const first = i - (i % 4);
      const sorted = [...score.subarray(first, first + 4)].sort((x, y) => y - x);
      const isClose = sorted[1] - sorted[2] <= 2 ** -22 * sorted[1];
      return isClose ? Number.POSITIVE_INFINITY : 0;
    });
  },
});

function checkPrune(a: Tensor, weight: Tensor): void {
  const cols = colsOf(a);
  if (cols % 4 !== 0) throw new UserError(`2:4 pruning: ${cols} columns are not a multiple of 4`);
  if (sizeOf(weight.shape) !== cols) {
    throw new UserError(`2:4 pruning: ${sizeOf(weight.shape)} weights for ${cols} columns`);
  }
}

function scoresOf(a: Tensor, weight: Tensor): Float64Array {
  const [values, factors] = [cpuData(a), cpuData(weight)];
  const cols = colsOf(a);
  return Float64Array.from(values, (value, i) => Math.abs(value) * factors[i % cols]);
}
