/**
 * Exact softmax attention without the n x n matrix. One operation for self and cross attention, heads in the
 * leading dimensions, long keys cut into parts where queries are few, and an optional bias for each key: with
 * it the low-rank methods of lowrank.ts are nothing but attention to r keys.
 */
import rowsCode from '../../shaders/attention.wgsl?raw';
import joinCode from '../../shaders/attention_join.wgsl?raw';
import quadCode from '../../shaders/attention_quad.wgsl?raw';
import workgroupCode from '../../shaders/attention_workgroup.wgsl?raw';
import type { CpuHome } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { attentionTwin, deviation } from './attention_twin';
import { defineOperation } from './operation';
import { cutToColumns, paddedToVec4 } from './padding';

export interface AttentionOptions {
  /** Of the scores; 1 / sqrt(d) unless given. */
  scale?: number;
  /** Row i sees keys 0..i, whatever the number of keys. */
  causal?: boolean;
  /** Added to the scores: a number for each key (batch x nk), or the `stats` of an attention with nk rows. */
  bias?: Tensor;
  /** keyNorm |k_j|^2 is taken off the scores of key j. */
  keyNorm?: number;
  /** Keys in this many parts, joined at the end; default: enough to occupy the device. */
  parts?: number;
  /** Default: by adapter. */
  variant?: 'rows' | 'quad' | 'workgroup';
}

export interface Attention {
  /** ... x nq x dv */
  o: Tensor;
  /** ... x nq x 2: the largest score of each row, and the log of the sum of its exponentials. */
  stats: Tensor;
}

export interface AttentionPlan {
  nq: number;
  nk: number;
  d: number;
  dv: number;
  batch: number;
  /** Leading dimensions of the result. */
  lead: readonly number[];
  scale: number;
  /** Numbers from one key's bias to the next; 0: none. */
  biasStep: number;
}

export function planAttention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions): AttentionPlan {
  const [nq, d, nk, dv] = [rowsOf(q), colsOf(q), rowsOf(k), colsOf(v)];
  const all = [q, k, v];
  const batch = Math.max(...all.map(batchOf));
  const whose = `attention of ${shapeText(q)} to ${shapeText(k)} with values ${shapeText(v)}`;
  if (colsOf(k) !== d) throw new UserError(`${whose}: queries have ${d} columns and keys ${colsOf(k)}`);
  if (rowsOf(v) !== nk) throw new UserError(`${whose}: there are ${nk} keys and ${rowsOf(v)} values`);
  if (all.some((t) => batchOf(t) !== batch && batchOf(t) !== 1)) {
    throw new UserError(`${whose}: the leading dimensions differ`);
  }
  if (nk === 0 || d === 0) throw new UserError(`${whose}: there is nothing to attend to`);
  const biasSize = options.bias ? sizeOf(options.bias.shape) : 0;
  const biasStep = biasSize / (batch * nk);
  if (![0, 1, 2].includes(biasStep)) {
    throw new UserError(`${whose}: a bias of ${biasSize} numbers for ${batch * nk} keys`);
  }
  const lead = all.find((t) => batchOf(t) === batch)?.shape.slice(0, -2) ?? [];
  return { nq, nk, d, dv, batch, lead, biasStep, scale: options.scale ?? 1 / Math.sqrt(d) };
}

const params = {
  nq: 'u32',
  nk: 'u32',
  d4: 'u32',
  dv4: 'u32',
  q_batch: 'u32',
  k_batch: 'u32',
  v_batch: 'u32',
  parts: 'u32',
  part_keys: 'u32',
  causal: 'u32',
  bias_step: 'u32',
  batch: 'u32',
  scale: 'f32',
  key_norm: 'f32',
  group0: 'u32',
} as const;

const kernelOf = (name: string, code: string, rows: number) =>
  defineKernel({
    name,
    code,
    params,
    buffers: { q: 'read', k: 'read', v: 'read', bias: 'read', o: 'write', stats: 'write' },
    constants: { KEY_NORM: 0, BIAS: 0 },
    grid: ({ nq, parts, batch }) => [1, Math.ceil(nq / rows) * parts, batch],
    cost: ({ nq, nk, d4, dv4, batch, causal }) => {
      const seen = causal ? Math.min(nk, (nk + 1) / 2) : nk;
      return {
        flop: batch * nq * seen * (8 * (d4 + dv4) + 5),
        bytes: 16 * batch * (nq * (d4 + dv4) + nk * (d4 + dv4)),
      };
    },
    split: 'y',
  });

const kernels = {
  rows: kernelOf('attention', rowsCode, 32),
  quad: kernelOf('attention_quad', quadCode, 32),
  workgroup: kernelOf('attention_workgroup', workgroupCode, 64),
};

const join = defineKernel({
  name: 'attention_join',
  code: joinCode,
  params: { nq: 'u32', dv4: 'u32', parts: 'u32', count: 'u32' },
  buffers: { part: 'read', part_stats: 'read', o: 'write', stats: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, parts }) => ({ flop: 8 * count * parts, bytes: 16 * count * (parts + 1) }),
});

/** Workgroups that keep a device busy: two cores, or a GPU of some hundred. */
const BUSY = { software: 8, hardware: 128 };

/** The default number of parts: none shorter than 64 keys, and no more than the device can use. */
function partsFor(home: GpuHome, { nq, nk, batch }: AttentionPlan): number {
  const groups = Math.ceil(nq / (home.barriersAreSlow ? 32 : 64)) * batch;
  const wanted = Math.ceil((home.barriersAreSlow ? BUSY.software : BUSY.hardware) / groups);
  return Math.max(1, Math.min(wanted, Math.floor(nk / 64), 64));
}

function variantFor(home: GpuHome, dv: number): keyof typeof kernels {
  if (!home.barriersAreSlow && dv <= 128) return 'workgroup';
  return home.device.features.has('subgroups') ? 'quad' : 'rows';
}

async function onGpu(
  home: GpuHome,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: AttentionOptions,
): Promise<Attention> {
  const plan = planAttention(q, k, v, options);
  const { nq, nk, d, dv, batch, lead, scale, biasStep } = plan;
  if (nq * dv * batch === 0) {
    return { o: home.empty([...lead, nq, dv]), stats: home.empty([...lead, nq, 2]) };
  }
  return home.scope(async () => {
    const [d4, dv4] = [Math.ceil(d / 4), Math.ceil(dv / 4)];
    const [q4, k4, v4] = [
      await paddedToVec4(home, q),
      await paddedToVec4(home, k),
      await paddedToVec4(home, v),
    ];
    const partKeys = 8 * Math.ceil(nk / (options.parts ?? partsFor(home, plan)) / 8);
    const parts = Math.ceil(nk / partKeys);
    const shape = (count: number, width: number): number[] =>
      parts > 1 ? [batch * parts, count, width] : [...lead, count, width];
    const part: Attention = { o: home.empty(shape(nq, 4 * dv4)), stats: home.empty(shape(nq, 2)) };
    const keyNorm = options.keyNorm ?? 0;
    await kernels[options.variant ?? variantFor(home, dv)].run(
      home,
      {
        nq,
        nk,
        d4,
        dv4,
        q_batch: batchOf(q) === 1 ? 0 : nq * d4,
        k_batch: batchOf(k) === 1 ? 0 : nk * d4,
        v_batch: batchOf(v) === 1 ? 0 : nk * dv4,
        parts,
        part_keys: partKeys,
        causal: options.causal ? 1 : 0,
        bias_step: biasStep,
        batch,
        scale,
        key_norm: keyNorm,
      },
      { q: q4, k: k4, v: v4, bias: options.bias ?? k4, o: part.o, stats: part.stats },
      { constants: { KEY_NORM: keyNorm === 0 ? 0 : 1, BIAS: biasStep === 0 ? 0 : 1 } },
    );
    let whole = part;
    if (parts > 1) {
      whole = { o: home.empty([...lead, nq, 4 * dv4]), stats: home.empty([...lead, nq, 2]) };
      await join.run(
        home,
        { nq, dv4, parts, count: batch * nq * dv4 },
        { part: part.o, part_stats: part.stats, o: whole.o, stats: whole.stats },
      );
    }
    return { o: await cutToColumns(home, whole.o, dv), stats: whole.stats };
  });
}

/**
 * o = softmax(scale q k^T + bias) v by rows, batched over the leading dimensions (an operand without them
 * serves the whole batch), with the stats of each row. Memory O(n d).
 * @throws UserError where the shapes do not fit.
 */
export const attentionWithStats = defineOperation({
  name: 'attention',
  gpu: (home: GpuHome, q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}) =>
    onGpu(home, q, k, v, options),
  cpu: (home: CpuHome, q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Promise<Attention> =>
    attentionTwin(home, q, k, v, planAttention(q, k, v, options), options),
  compare: (got, want, q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}) =>
    deviation(got, want, q, k, v, planAttention(q, k, v, options), options),
});

/** softmax(scale q k^T + bias) v: ... x nq x dv. See `attentionWithStats`. */
export async function attention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: AttentionOptions = {},
): Promise<Tensor> {
  const { o, stats } = await attentionWithStats(q, k, v, options);
  q.home.release(stats);
  return o;
}
