/**
 * Locality-sensitive hashing for attention: queries and keys are sorted by hash and cut into chunks, and a query
 * attends to the keys of the chunk with its number. Pairs of several rounds are united, each counted once.
 */
import countCode from '../../shaders/bucket_count.wgsl?raw';
import offsetsCode from '../../shaders/bucket_offsets.wgsl?raw';
import scatterCode from '../../shaders/bucket_scatter.wgsl?raw';
import attentionCode from '../../shaders/lsh_attention.wgsl?raw';
import blendCode from '../../shaders/lsh_blend.wgsl?raw';
import hashCode from '../../shaders/lsh_hash.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { deviation, type LshOptions, lshTwin } from './lsh_twin';
import { matmul } from './matmul';
import { defineOperation, entrywise } from './operation';
import { cutToColumns, paddedToVec4 } from './padding';
import { concatColumns } from './slice';

const hashKernel = defineKernel({
  name: 'lsh_hash',
  code: hashCode,
  params: { half: 'u32', count: 'u32' },
  buffers: { y: 'read', h: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ half, count }) => ({ flop: 2 * half * count, bytes: 4 * count * (half + 1) }),
});

/** Hashes argmax [y, -y] of the rounds n rows of y, b/2 numbers each: rounds x n, dtype u32. */
const hashRows = defineOperation({
  name: 'lsh_hash',
  gpu: async (home: GpuHome, y: Tensor, rounds: number): Promise<Tensor> => {
    const h = home.empty([rounds, sizeOf(y.shape) / colsOf(y) / rounds], 'u32');
    if (sizeOf(h.shape) > 0) {
      await hashKernel.run(home, { half: colsOf(y), count: sizeOf(h.shape) }, { y, h });
    }
    return h;
  },
  cpu: async (home: CpuHome, y: Tensor, rounds: number): Promise<Tensor> => {
    const [half, data] = [colsOf(y), cpuData(y)];
    const h = new Uint32Array(data.length / half);
    for (let i = 0; i < h.length; i++) {
      let [best, place] = [Number.NEGATIVE_INFINITY, 0];
      for (let g = 0; g < 2 * half; g++) {
        const value = g < half ? data[i * half + g] : -data[i * half + g - half];
        if (value > best) [best, place] = [value, g];
      }
      h[i] = place;
    }
    return home.wrap([rounds, h.length / rounds], h);
  },
  compare: (got, want) => entrywise(got, want, 0, 'hash'),
});

/** Hashes of the rows of x (n x d) by rotations (rounds x d x b/2): rounds x n, in 0..b-1, dtype u32. */
export async function lshHashes(x: Tensor, rotations: Tensor): Promise<Tensor> {
  return x.home.scope(async () => hashRows(await matmul(x, rotations), rotations.shape[0]));
}

const sortParams = { n: 'u32', buckets: 'u32', blocks: 'u32', span: 'u32', total: 'u32' } as const;
const countKernel = defineKernel({
  name: 'bucket_count',
  code: countCode,
  params: sortParams,
  buffers: { h: 'read', counts: 'write' },
  grid: ({ total }) => linearGrid(total, 64),
  cost: ({ total, span, buckets }) => ({ flop: 0, bytes: 4 * total * (3 * span + buckets) }),
});
const offsetsKernel = defineKernel({
  name: 'bucket_offsets',
  code: offsetsCode,
  params: { buckets: 'u32', blocks: 'u32', total: 'u32' },
  buffers: { counts: 'read', offsets: 'write' },
  grid: ({ total }) => linearGrid(total, 64),
  cost: ({ buckets, blocks, total }) => ({ flop: 0, bytes: 4 * total * blocks * (buckets / 2 + 2) }),
});
const scatterKernel = defineKernel({
  name: 'bucket_scatter',
  code: scatterCode,
  params: { ...sortParams, order_at: 'u32', rank_at: 'u32' },
  buffers: { h: 'read', offsets: 'write', plan: 'write' },
  grid: ({ total }) => linearGrid(total, 64),
  cost: ({ total, span }) => ({ flop: 0, bytes: 20 * total * span }),
});

/**
 * Which keys meet which queries. plan: 4 x rounds x n, dtype u32: the keys in the order of their hashes (stable),
 * the place of each query, the place of each key, the queries in order.
 */
export interface LshPlan {
  plan: Tensor;
  n: number;
  rounds: number;
  /** Keys of a chunk; divides n. */
  chunk: number;
}

async function sortInto(home: GpuHome, h: Tensor, buckets: number, plan: Tensor, at: [number, number]) {
  const [rounds, n] = h.shape;
  const span = 128;
  const blocks = Math.ceil(n / span);
  const counts = home.empty([rounds, blocks, buckets], 'u32');
  const offsets = home.empty([rounds, blocks, buckets], 'u32');
  const job = { n, buckets, blocks, span, total: rounds * blocks };
  await countKernel.run(home, job, { h, counts });
  await offsetsKernel.run(home, { buckets, blocks, total: rounds * buckets }, { counts, offsets });
  const [orderAt, rankAt] = at.map((section) => section * rounds * n);
  await scatterKernel.run(home, { ...job, order_at: orderAt, rank_at: rankAt }, { h, offsets, plan });
  home.release(counts);
  home.release(offsets);
}

/** Stable counting sorts of query and key hashes (rounds x n each, in 0..buckets-1), as sections of a plan. */
const sortHashes = defineOperation({
  name: 'lsh_plan',
  gpu: async (home: GpuHome, hq: Tensor, hk: Tensor, buckets: number): Promise<Tensor> => {
    const plan = home.empty([4, ...hq.shape], 'u32');
    if (sizeOf(hq.shape) === 0) return plan;
    await sortInto(home, hk, buckets, plan, [0, 2]);
    await sortInto(home, hq, buckets, plan, [3, 1]);
    return plan;
  },
  cpu: async (home: CpuHome, hq: Tensor, hk: Tensor, _buckets: number): Promise<Tensor> => {
    const [rounds, n] = hq.shape;
    const plan = new Uint32Array(4 * rounds * n);
    const fill = (h: Tensor, orderAt: number, rankAt: number): void => {
      const data = cpuData(h);
      for (let t = 0; t < rounds; t++) {
        const order = Array.from({ length: n }, (_, i) => i);
        order.sort((a, b) => data[t * n + a] - data[t * n + b] || a - b);
        order.forEach((key, place) => {
          plan[(orderAt * rounds + t) * n + place] = key;
          plan[(rankAt * rounds + t) * n + key] = place;
        });
      }
    };
    fill(hk, 0, 2);
    fill(hq, 3, 1);
    return home.wrap([4, rounds, n], plan);
  },
  compare: (got, want) => entrywise(got, want, 0, 'place'),
});

/** The plan of self attention of n tokens for these rotations (rounds x d x b/2). */
export async function lshPlan(q: Tensor, k: Tensor, rotations: Tensor, chunk: number): Promise<LshPlan> {
  const n = rowsOf(q);
  if (rowsOf(k) !== n || !Number.isInteger(chunk) || chunk < 1 || n % chunk !== 0) {
    throw new UserError(
      `hashing ${n} queries and ${rowsOf(k)} keys: chunks of ${chunk} do not divide them evenly`,
    );
  }
  return q.home.scope(async () => ({
    plan: await sortHashes(
      await lshHashes(q, rotations),
      await lshHashes(k, rotations),
      2 * colsOf(rotations),
    ),
    n,
    rounds: rotations.shape[0],
    chunk,
  }));
}

const kernel = defineKernel({
  name: 'lsh_attention',
  code: attentionCode,
  params: {
    n: 'u32',
    d4: 'u32',
    r4: 'u32',
    dv4: 'u32',
    rounds: 'u32',
    size: 'u32',
    chunk: 'u32',
    scale: 'f32',
    group0: 'u32',
  },
  buffers: {
    q: 'read',
    k: 'read',
    v: 'read',
    plan: 'read',
    low: 'read',
    o: 'write',
    den: 'write',
  },
  constants: { CORRECTION: 0 },
  grid: ({ n }) => [1, Math.ceil(n / 16)],
  cost: ({ n, d4, r4, dv4, rounds, chunk }) => ({
    flop: 8 * n * rounds * chunk * (d4 + r4 + dv4 + 1),
    bytes: 16 * n * rounds * chunk * (d4 + r4 + dv4),
  }),
  split: 'y',
});

export interface LshAttention {
  /** n x dv */
  o: Tensor;
  /** n x 2: the denominator on the scale of the largest score, and the number of keys that were met. */
  sums: Tensor;
}

/**
 * Attention over the pairs of a plan: softmax over them alone, or as a correction of the features in
 * `options.features`. q, k n x d, v n x dv.
 */
export const lshAttention = defineOperation({
  name: 'lsh_attention',
  gpu: async (
    home: GpuHome,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    plan: LshPlan,
    options: LshOptions,
  ): Promise<LshAttention> => {
    check(q, k, v, plan, options);
    return home.scope(async () => {
      const [n, dv] = [rowsOf(q), colsOf(v)];
      const [dv4, d4] = [Math.ceil(dv / 4), Math.ceil(colsOf(q) / 4)];
      const low = options.features;
      const join = async (x: Tensor, features: Tensor | undefined): Promise<Tensor> => {
        const own = await paddedToVec4(home, x);
        return features ? concatColumns([own, await paddedToVec4(home, features)]) : own;
      };
      const r4 = low ? Math.ceil(colsOf(low.q) / 4) : 0;
      const o = home.empty([n, 4 * dv4]);
      const sums = home.empty([n, 2]);
      const v4 = await paddedToVec4(home, v);
      await kernel.run(
        home,
        {
          n,
          d4,
          r4,
          dv4,
          rounds: options.rounds ?? plan.rounds,
          size: plan.rounds * n,
          chunk: plan.chunk,
          scale: options.scale,
        },
        {
          q: await join(q, low?.q),
          k: await join(k, low?.k),
          v: v4,
          plan: plan.plan,
          low: low
            ? await concatColumns([
                await paddedToVec4(home, low.o),
                low.denominators,
                low.logScale,
                home.tensor([n, 2]),
              ])
            : v4,
          o,
          den: sums,
        },
        { constants: { CORRECTION: low ? 1 : 0 } },
      );
      return { o: await cutToColumns(home, o, dv), sums };
    });
  },
  cpu: async (
    home: CpuHome,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    plan: LshPlan,
    options: LshOptions,
  ): Promise<LshAttention> => {
    check(q, k, v, plan, options);
    const { o, sums } = lshTwin(q, k, v, plan, options);
    return { o: home.wrap([rowsOf(q), colsOf(v)], o), sums: home.wrap([rowsOf(q), 2], sums) };
  },
  compare: (got, want, q: Tensor, k: Tensor, v: Tensor, plan: LshPlan, options: LshOptions) =>
    deviation(got, want, q, k, v, plan, options),
});

function check(q: Tensor, k: Tensor, v: Tensor, plan: LshPlan, { rounds, features }: LshOptions): void {
  const n = rowsOf(q);
  const all = [k, v, ...(features ? [features.q, features.k, features.o, features.logScale] : [])];
  if (n !== plan.n || all.some((t) => rowsOf(t) !== n) || colsOf(q) !== colsOf(k)) {
    throw new UserError(
      `lshAttention: queries ${shapeText(q)}, keys ${shapeText(k)}, values ${shapeText(v)} and a plan of ${plan.n} tokens do not fit`,
    );
  }
  if ((rounds ?? 1) < 1 || (rounds ?? 1) > plan.rounds) {
    throw new UserError(`lshAttention: ${rounds} of ${plan.rounds} rounds`);
  }
}

const blendKernel = defineKernel({
  name: 'lsh_blend',
  code: blendCode,
  params: { n: 'u32', rounds: 'u32', size: 'u32', chunk: 'u32', count: 'u32' },
  buffers: { a: 'read', b: 'read', plan: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, rounds }) => ({ flop: 0, bytes: 4 * count * (3 + 2 * rounds) }),
});

/** b where the plan (its first `rounds`) pairs row and column, a elsewhere; n x n each. */
export const blendPaired = defineOperation({
  name: 'lsh_blend',
  gpu: async (
    home: GpuHome,
    a: Tensor,
    b: Tensor,
    plan: LshPlan,
    rounds: number = plan.rounds,
  ): Promise<Tensor> => {
    const { n, chunk } = plan;
    const out = home.empty([n, n]);
    await blendKernel.run(
      home,
      { n, rounds, size: plan.rounds * n, chunk, count: n * n },
      { a, b, plan: plan.plan, out },
    );
    return out;
  },
  cpu: async (
    home: CpuHome,
    a: Tensor,
    b: Tensor,
    plan: LshPlan,
    rounds: number = plan.rounds,
  ): Promise<Tensor> => {
    const { n, chunk } = plan;
    const [x, y, places] = [cpuData(a), cpuData(b), cpuData(plan.plan)];
    const out = Float64Array.from(x);
    for (let t = 0; t < rounds; t++) {
      for (let i = 0; i < n; i++) {
        const own = Math.floor(places[(plan.rounds + t) * n + i] / chunk);
        for (let place = own * chunk; place < (own + 1) * chunk; place++) {
          const at = i * n + places[t * n + place];
          out[at] = y[at];
        }
      }
    }
    return home.wrap([n, n], out);
  },
  compare: (got, want) => entrywise(got, want, 0, 'entry'),
});
