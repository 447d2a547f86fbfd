/** Exact attention to pairs of keys, without an array of n^2 or n^3. */
import code from '../../shaders/triple_attention.wgsl?raw';
import joinCode from '../../shaders/triple_join.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';
import { cutToColumns, paddedToVec4 } from './padding';

const kernel = defineKernel({
  name: 'triple_attention',
  code,
  params: {
    n: 'u32',
    d4: 'u32',
    dv4: 'u32',
    parts: 'u32',
    part_keys: 'u32',
    batch: 'u32',
    scale: 'f32',
    group0: 'u32',
  },
  buffers: { q: 'read', k1: 'read', k2: 'read', v1: 'read', v2: 'read', part: 'write', stats: 'write' },
  grid: ({ n, parts, batch }) => [1, Math.ceil((n * parts * batch) / 64)],
  cost: ({ n, d4, dv4, batch }) => ({
    flop: batch * n ** 3 * (8 * (d4 + dv4) + 4),
    bytes: 16 * batch * n * (3 * d4 + 3 * dv4),
  }),
  split: 'y',
});

const join = defineKernel({
  name: 'triple_join',
  code: joinCode,
  params: { dv4: 'u32', parts: 'u32', count: 'u32' },
  buffers: { part: 'read', stats: 'read', y: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, parts }) => ({ flop: 16 * count * parts, bytes: 16 * count * (parts + 1) }),
});

/** Invocations that keep a device busy. */
const BUSY = { software: 256, hardware: 16384 };

/** Queries and both keys, ... x n x d; both values, ... x n x dv. */
export interface TripleInput {
  q: Tensor;
  k1: Tensor;
  k2: Tensor;
  v1: Tensor;
  v2: Tensor;
}

function plan({ q, k1, k2, v1, v2 }: TripleInput) {
  const [n, d, dv] = [rowsOf(q), colsOf(q), colsOf(v1)];
  const fits =
    [k1, k2].every((t) => t.shape.join() === q.shape.join()) && v1.shape.join() === v2.shape.join();
  if (!fits || rowsOf(v1) !== n || batchOf(v1) !== batchOf(q)) {
    const shapes = [q, k1, k2, v1, v2].map(shapeText).join(', ');
    throw new UserError(`triple attention: ${shapes} do not belong together`);
  }
  if (d > 256 || dv > 256) throw new UserError(`triple attention: width ${Math.max(d, dv)} is above 256`);
  return { n, d, dv, batch: batchOf(q), shape: [...q.shape.slice(0, -1), dv] };
}

/** y_i = sum_jl e^(scale q_i . k1_j . k2_l) v1_j v2_l over the sum of the weights, entry by entry in c. */
export const tripleAttention = defineOperation({
  name: 'triple_attention',
  gpu: async (home: GpuHome, input: TripleInput, scale: number) => {
    const { n, dv, batch, shape } = plan(input);
    if (batch * n * dv === 0) return home.empty(shape);
    const wide = await Promise.all(Object.values(input).map((t: Tensor) => paddedToVec4(home, t)));
    const [q, k1, k2, v1, v2] = wide;
    const [d4, dv4] = [colsOf(q) / 4, colsOf(v1) / 4];
    const wanted = (home.barriersAreSlow ? BUSY.software : BUSY.hardware) / (batch * n);
    const partKeys = Math.ceil(n / Math.max(1, Math.min(n, Math.floor(wanted))));
    const parts = Math.ceil(n / partKeys);
    const part = home.empty([batch * n, parts, 4 * dv4]);
    const stats = home.empty([batch * n, parts, 2]);
    const job = { n, d4, dv4, parts, part_keys: partKeys, batch, scale };
    await kernel.run(home, job, { q, k1, k2, v1, v2, part, stats });
    const y = home.empty([...shape.slice(0, -1), 4 * dv4]);
    await join.run(home, { dv4, parts, count: batch * n * dv4 }, { part, stats, y });
    const out = await cutToColumns(home, y, dv);
    const given: Tensor[] = Object.values(input);
    for (const t of [part, stats, ...wide.filter((t) => !given.includes(t)), ...(out === y ? [] : [y])]) {
      home.release(t);
    }
    return out;
  },
  cpu: async (home: CpuHome, input: TripleInput, scale: number) => {
    const { n, batch, shape, dv } = plan(input);
    const out = home.tensor(shape);
    const y = cpuData(out);
    for (let row = 0; row < batch * n; row++) {
      const { total, sum } = tripleRow(input, scale, row);
      for (let c = 0; c < dv; c++) y[row * dv + c] = total[c] / sum;
      await home.checkpoint();
    }
    return out;
  },
  /**
   * A score is off by (d + 3) u sum |terms|, which turns its weight by as much; exp by (3 + 2 |s - max|) 2 u; sums of
   * n runs of n terms by 2 n u. All relative to the row's sum of absolute values, which the weights average.
   */
  compare: (got, want, input: TripleInput, scale: number) => {
    const { n, d, dv } = plan(input);
    let bound = 0;
    const bounds = new Float64Array(sizeOf(want.shape) / Math.max(1, dv));
    for (let row = 0; row < bounds.length; row++) {
      const { size, spread } = tripleRow(input, scale, row);
      bounds[row] = 2 * (2 * n + 12 + (d + 3) * spread + 4 * spread) * 2 ** -24 * size + 1e-37;
      bound = Math.max(bound, bounds[row]);
    }
    return entrywise(got, want, (i) => bounds[Math.floor(i / dv)]);
  },
});

/** One query in float64: sums relative to the largest score, the largest |v1 v2|, and how far scores reach. */
function tripleRow({ q, k1, k2, v1, v2 }: TripleInput, scale: number, row: number) {
  const [n, d, dv] = [rowsOf(q), colsOf(q), colsOf(v1)];
  const [qs, as, bs, us, ws] = [q, k1, k2, v1, v2].map(cpuData);
  const base = Math.floor(row / n) * n;
  const total = new Float64Array(dv);
  const [gate, inner] = [new Float64Array(d), new Float64Array(dv)];
  let [most, sum, spread] = [-Infinity, 0, 0];
  const sizes = [0, 0];
  for (let j = base; j < base + n; j++) {
    let reach = 0;
    for (let c = 0; c < d; c++) gate[c] = scale * qs[row * d + c] * as[j * d + c];
    inner.fill(0);
    let innerSum = 0;
    for (let l = base; l < base + n; l++) {
      let score = 0;
      for (let c = 0; c < d; c++) score += gate[c] * bs[l * d + c];
      if (l === base) for (let c = 0; c < d; c++) reach += Math.abs(gate[c] * bs[l * d + c]);
      spread = Math.max(spread, Math.abs(score), reach);
      if (score > most) {
        const shrink = Math.exp(most - score);
        most = score;
        sum *= shrink;
        innerSum *= shrink;
        for (let c = 0; c < dv; c++) {
          total[c] *= shrink;
          inner[c] *= shrink;
        }
      }
      const weight = Math.exp(score - most);
      innerSum += weight;
      for (let c = 0; c < dv; c++) inner[c] += weight * ws[l * dv + c];
    }
    sum += innerSum;
    for (let c = 0; c < dv; c++) {
      total[c] += us[j * dv + c] * inner[c];
      sizes[0] = Math.max(sizes[0], Math.abs(us[j * dv + c]));
      sizes[1] = Math.max(sizes[1], Math.abs(ws[j * dv + c]));
    }
  }
  return { total, sum, size: sizes[0] * sizes[1], spread };
}
