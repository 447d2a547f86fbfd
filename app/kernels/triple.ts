/**
 * Exact attention to pairs of keys. Up to width 8 one kernel folds all pairs in registers, without an array of n^2;
 * wider heads go through products of matrices, a block of queries at a time, so that no n^3 is held.
 */
import contractCode from '../../shaders/pair_contract.wgsl?raw';
import gateCode from '../../shaders/pair_gate.wgsl?raw';
import code from '../../shaders/triple_attention.wgsl?raw';
import joinCode from '../../shaders/triple_join.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { matmul } from './matmul';
import { defineOperation, entrywise } from './operation';
import { cutToColumns } from './padding';
import { concatColumns, copy, rows } from './slice';
import { softmax } from './softmax';

const kernel = defineKernel({
  name: 'triple_attention',
  code,
  params: { n: 'u32', parts: 'u32', part_keys: 'u32', batch: 'u32', scale: 'f32', group0: 'u32' },
  buffers: { q: 'read', k1: 'read', k2: 'read', v1: 'read', v2: 'read', part: 'write', stats: 'write' },
  constants: { QUADS: 1 },
  grid: ({ n, parts, batch }) => [1, Math.ceil((n * parts * batch) / 64)],
  cost: ({ n, batch }) => ({ flop: batch * n ** 3 * 24, bytes: 96 * batch * n }),
  split: 'y',
});

const gate = defineKernel({
  name: 'pair_gate',
  code: gateCode,
  params: { n: 'u32', d: 'u32', first: 'u32', base: 'u32', count: 'u32', scale: 'f32' },
  buffers: { q: 'read', k: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 2 * count, bytes: 12 * count }),
});

const contract = defineKernel({
  name: 'pair_contract',
  code: contractCode,
  params: { n: 'u32', dv: 'u32', first: 'u32', base: 'u32', count: 'u32' },
  buffers: { v: 'read', t: 'read', y: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, n }) => ({ flop: 2 * n * count, bytes: 8 * n * count }),
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
  return { n, d, dv, batch: batchOf(q), shape: [...q.shape.slice(0, -1), dv] };
}

/** Widths up to here stay in registers. */
const NARROW = 8;
/** Most scores held at a time by the blocked form: 16 MiB. */
const SCORES = 2 ** 22;

type Plan = Pick<ReturnType<typeof plan>, 'n' | 'dv' | 'batch' | 'shape'>;

/** Columns filled up with zeros to this many; the tensor itself where it has them. */
async function widened(home: GpuHome, t: Tensor, width: number): Promise<Tensor> {
  if (colsOf(t) === width) return t;
  const zeros = home.tensor([sizeOf(t.shape) / colsOf(t), width - colsOf(t)]);
  const flat = await copy(t);
  const out = await concatColumns([home.reshape(flat, [zeros.shape[0], colsOf(t)]), zeros]);
  home.release(zeros);
  return out;
}

async function narrow(home: GpuHome, input: TripleInput, scale: number, { n, dv, batch, shape }: Plan) {
  return home.scope(async () => {
    const width = Math.max(colsOf(input.q), dv) <= 4 ? 4 : 8;
    const q = await widened(home, input.q, width);
    const k1 = await widened(home, input.k1, width);
    const k2 = await widened(home, input.k2, width);
    const v1 = await widened(home, input.v1, width);
    const v2 = await widened(home, input.v2, width);
    const wanted = (home.barriersAreSlow ? BUSY.software : BUSY.hardware) / (batch * n);
    const partKeys = Math.ceil(n / Math.max(1, Math.min(n, Math.floor(wanted))));
    const parts = Math.ceil(n / partKeys);
    const part = home.empty([batch * n, parts, width]);
    const stats = home.empty([batch * n, parts, 2]);
    const job = { n, parts, part_keys: partKeys, batch, scale };
    const constants = { QUADS: width / 4 };
    await kernel.run(home, job, { q, k1, k2, v1, v2, part, stats }, { constants });
    const y = home.empty([...shape.slice(0, -1), width]);
    await join.run(home, { dv4: width / 4, parts, count: (batch * n * width) / 4 }, { part, stats, y });
    return cutToColumns(home, y, dv);
  });
}

async function blocked(home: GpuHome, input: TripleInput, scale: number, { n, dv, batch, shape }: Plan) {
  const d = colsOf(input.q);
  const out = home.empty(shape);
  const most = Math.max(1, Math.min(n, Math.floor(SCORES / (n * n))));
  const flat = async (t: Tensor) => home.reshape(await copy(t), [batch * n, colsOf(t)]);
  await home.scope(async () => {
    const k2 = await flat(input.k2);
    const v2 = await flat(input.v2);
    for (let item = 0; item < batch; item++) {
      const base = item * n;
      const keys = await rows(k2, base, base + n);
      const values = await rows(v2, base, base + n);
      for (let from = 0; from < n; from += most) {
        const queries = Math.min(most, n - from);
        await home.scope(async () => {
          const gates = home.empty([queries * n, d]);
          const job = { n, first: base + from, base, scale };
          await gate.run(
            home,
            { ...job, d, count: queries * n * d },
            { q: input.q, k: input.k1, out: gates },
          );
          const scores = await matmul(gates, keys, { transposeB: true });
          const weights = await softmax(home.reshape(scores, [queries, n * n]));
          const t = await matmul(home.reshape(weights, [queries * n, n]), values);
          const last = { n, dv, first: base + from, base, count: queries * dv };
          await contract.run(home, last, { v: input.v1, t, y: out });
        });
      }
    }
  });
  return out;
}

/** y_i = sum_jl e^(scale q_i . k1_j . k2_l) v1_j v2_l over the sum of the weights, entry by entry in c. */
export const tripleAttention = defineOperation({
  name: 'triple_attention',
  gpu: async (home: GpuHome, input: TripleInput, scale: number) => {
    const { n, dv, batch, shape } = plan(input);
    if (batch * n * dv === 0) return home.empty(shape);
    return Math.max(colsOf(input.q), dv) <= NARROW
      ? narrow(home, input, scale, { n, dv, batch, shape })
      : blocked(home, input, scale, { n, dv, batch, shape });
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
