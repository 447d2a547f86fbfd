/**
 * The two classical parallel scans of pairs, pass by pass as their papers have them, along the rows of L x lanes:
 * for looking at, beside the chunked scan (linearscan.ts) that is used. h_t = a_t h_(t-1) + b_t.
 */
import blellochCode from '../../shaders/scan_blelloch.wgsl?raw';
import hillisCode from '../../shaders/scan_hillis.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, type Tensor } from '../gpu/home';
import { defineKernel, splitGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { type Deviation, defineOperation, entrywise } from './operation';
import type { Pairs } from './pairs';
import { copy } from './slice';

const hillisKernel = defineKernel({
  name: 'scan_hillis',
  code: hillisCode,
  params: { lanes: 'u32', span: 'u32', size: 'u32', count: 'u32', group0: 'u32' },
  buffers: { a: 'read', b: 'read', next_a: 'write', next_b: 'write' },
  grid: ({ count }) => splitGrid(count, 64),
  cost: ({ size }) => ({ flop: 3 * size, bytes: 24 * size }),
  split: 'y',
});

const blellochKernel = defineKernel({
  name: 'scan_blelloch',
  code: blellochCode,
  params: { steps: 'u32', lanes: 'u32', span: 'u32', count: 'u32', group0: 'u32' },
  buffers: { a: 'read', b: 'read', prefix_a: 'write', prefix_b: 'write' },
  grid: ({ count }) => splitGrid(count, 64),
  cost: ({ count }) => ({ flop: 3 * count, bytes: 24 * count }),
  split: 'y',
});

/** States by log2 L passes, each of L pairs. */
export const hillisSteele = defineOperation({
  name: 'hillis_steele',
  gpu: async (home: GpuHome, { a, b }: Pairs) => {
    const [steps, lanes] = [rowsOf(a), colsOf(a)];
    let now = { a, b };
    for (let span = 1; span < steps; span *= 2) {
      const next = { a: home.empty(a.shape), b: home.empty(a.shape) };
      const size = steps * lanes;
      const job = { lanes, span, size, count: 64 * Math.ceil(size / 1024) };
      await hillisKernel.run(home, job, { ...now, next_a: next.a, next_b: next.b });
      if (now.a !== a) for (const t of [now.a, now.b]) home.release(t);
      now = next;
    }
    if (now.b === b) return copy(b);
    home.release(now.a);
    return now.b;
  },
  cpu: async (home: CpuHome, { a, b }: Pairs) => {
    const lanes = colsOf(a);
    let [x, y] = [cpuData(a) as Float64Array, cpuData(b) as Float64Array];
    for (let back = lanes; back < x.length; back *= 2) {
      const [nextX, nextY] = [x.slice(), y.slice()];
      for (let i = back; i < x.length; i++) {
        nextX[i] = x[i - back] * x[i];
        nextY[i] = x[i] * y[i - back] + y[i];
      }
      [x, y] = [nextX, nextY];
      await home.checkpoint();
    }
    return home.wrap(a.shape, y === cpuData(b) ? y.slice() : y);
  },
  compare: (got, want, pairs: Pairs) => treeBound(got, want, pairs, 3),
});

/** States by 2 log2 L passes, 2 L pairs of work in all; L a power of two. */
export const blelloch = defineOperation({
  name: 'blelloch',
  gpu: async (home: GpuHome, { a, b }: Pairs) => {
    const [steps, lanes] = [rowsOf(a), colsOf(a)];
    assertPower(steps);
    const buffers = { a, b, prefix_a: await copy(a), prefix_b: await copy(b) };
    const pass = (STEP: number, span: number, nodes: number) =>
      blellochKernel.run(home, { steps, lanes, span, count: nodes * lanes }, buffers, {
        constants: { STEP },
      });
    for (let span = 1; span < steps; span *= 2) await pass(0, span, steps / (2 * span));
    for (let span = steps / 2; span >= 1; span /= 2) await pass(1, span, steps / (2 * span));
    if (steps > 1) await pass(2, 1, steps);
    home.release(buffers.prefix_a);
    return buffers.prefix_b;
  },
  cpu: async (home: CpuHome, { a, b }: Pairs) => {
    const [steps, lanes] = [rowsOf(a), colsOf(a)];
    assertPower(steps);
    const [x, y] = [cpuData(a).slice() as Float64Array, cpuData(b).slice() as Float64Array];
    const nodes = (span: number, visit: (left: number, right: number) => void): void => {
      for (let k = 0; k < steps; k += 2 * span) {
        for (let lane = 0; lane < lanes; lane++) {
          visit((k + span - 1) * lanes + lane, (k + 2 * span - 1) * lanes + lane);
        }
      }
    };
    for (let span = 1; span < steps; span *= 2) {
      nodes(span, (l, r) => {
        y[r] += x[r] * y[l];
        x[r] *= x[l];
      });
      await home.checkpoint();
    }
    x.fill(1, (steps - 1) * lanes);
    y.fill(0, (steps - 1) * lanes);
    for (let span = steps / 2; span >= 1; span /= 2) {
      nodes(span, (l, r) => {
        const [xl, yl] = [x[l], y[l]];
        [x[l], y[l]] = [x[r], y[r]];
        y[r] = xl * y[r] + yl;
        x[r] *= xl;
      });
      await home.checkpoint();
    }
    const [from, drive] = [cpuData(a), cpuData(b)];
    for (let i = 0; i < y.length; i++) y[i] = from[i] * y[i] + drive[i];
    return home.wrap(a.shape, y);
  },
  compare: (got, want, pairs: Pairs) => treeBound(got, want, pairs, 6),
});

function assertPower(steps: number): void {
  if (!Number.isInteger(Math.log2(steps))) {
    throw new UserError(`blelloch: ${steps} steps are no power of two; pad with the pair (1, 0)`);
  }
}

/** A combination rounds three times; `rounds` log2 L of them lie on the way to any h: (rounds log2 L + 4) u H. */
function treeBound(got: Tensor, want: Tensor, { a, b }: Pairs, rounds: number): Deviation {
  const lanes = colsOf(a);
  const [x, y] = [cpuData(a), cpuData(b)];
  const sums = new Float64Array(y.length);
  for (let i = 0; i < sums.length; i++) {
    sums[i] = Math.abs(x[i]) * (i < lanes ? 0 : sums[i - lanes]) + Math.abs(y[i]);
  }
  const factor = (3 * rounds * Math.log2(rowsOf(a)) + 4) * 2 ** -24;
  return entrywise(got, want, (i) => factor * sums[i] + 1e-37, 'state');
}
