/**
 * Feature maps of attention, and attention through features: phi(Q) (phi(K)^T V) / phi(Q) (phi(K)^T 1). The
 * output of positive features does not need them: lowrankattention.ts gets it by attending to the rows of W.
 */
import mapCode from '../../shaders/feature_map.wgsl?raw';
import outputCode from '../../shaders/feature_output.wgsl?raw';
import stateCode from '../../shaders/feature_state.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { matmul } from './matmul';
import { defineOperation, entrywise } from './operation';
import { cutToColumns, paddedToVec4 } from './padding';
import { reduceColumns } from './reduction';

/** exp(l - h) / sqrt(r); its logarithm; exp(h) [sin l, cos l] / sqrt(r). */
export type FeatureKind = 'positive' | 'logarithm' | 'trigonometric';

const KINDS: readonly FeatureKind[] = ['positive', 'logarithm', 'trigonometric'];

export interface FeatureOptions {
  /** sqrt(beta): rows stand for scale x. */
  scale: number;
  /** Taken off the exponent: a number for each row, or one for all (not for trigonometric features). */
  shift?: Tensor;
}

const mapKernel = defineKernel({
  name: 'feature_map',
  code: mapCode,
  params: {
    d: 'u32',
    r: 'u32',
    count: 'u32',
    has_shift: 'u32',
    shift_step: 'u32',
    scale: 'f32',
    group0: 'u32',
  },
  buffers: { x: 'read', logits: 'read', shift: 'read', f: 'write' },
  constants: { KIND: 0 },
  grid: ({ r, count }) => [Math.ceil(r / 128), Math.ceil(count / 8)],
  cost: ({ d, r, count }) => ({
    flop: count * (Math.ceil(r / 16) * 2 * d + 10 * r),
    bytes: 4 * count * (d + 2 * r),
  }),
  split: 'y',
});

/** From rows x (count x d) and their logits scale x W^T (count x r) to features. */
const mapFeatures = defineOperation({
  name: 'feature_map',
  gpu: async (home: GpuHome, kind: FeatureKind, x: Tensor, logits: Tensor, options: FeatureOptions) => {
    const [r, d] = [colsOf(logits), colsOf(x)];
    const count = sizeOf(x.shape) / d;
    const f = home.empty([...x.shape.slice(0, -1), kind === 'trigonometric' ? 2 * r : r]);
    const { scale, shift } = options;
    if (sizeOf(f.shape) === 0) return f;
    await mapKernel.run(
      home,
      { d, r, count, has_shift: shift ? 1 : 0, shift_step: shift && sizeOf(shift.shape) > 1 ? 1 : 0, scale },
      { x, logits, shift: shift ?? x, f },
      { constants: { KIND: KINDS.indexOf(kind) } },
    );
    return f;
  },
  cpu: async (home: CpuHome, kind: FeatureKind, x: Tensor, logits: Tensor, options: FeatureOptions) => {
    const [r, d] = [colsOf(logits), colsOf(x)];
    const l = cpuData(logits);
    const shift = options.shift ? cpuData(options.shift) : null;
    const width = kind === 'trigonometric' ? 2 * r : r;
    const out = new Float64Array((sizeOf(x.shape) / d) * width);
    halfSquares(x, options.scale).forEach((h, row) => {
      const off = shift ? shift[shift.length > 1 ? row : 0] : 0;
      for (let g = 0; g < r; g++) {
        const logit = l[row * r + g];
        if (kind === 'positive') out[row * width + g] = Math.exp(logit - h - off) / Math.sqrt(r);
        if (kind === 'logarithm') out[row * width + g] = logit - h - off - Math.log(r) / 2;
        if (kind === 'trigonometric') {
          out[row * width + g] = (Math.exp(h) * Math.sin(logit)) / Math.sqrt(r);
          out[row * width + r + g] = (Math.exp(h) * Math.cos(logit)) / Math.sqrt(r);
        }
      }
    });
    return home.wrap([...x.shape.slice(0, -1), width], out);
  },
  /**
   * With e = ((d / 4 + 8) h + 3 (|l| + h + |shift|)) u for the exponent and the exponential's own (8 + 5 |x|) u
   * (3 + 2 |x| ulp by the WGSL specification, and its factor): relative for positive features, absolute for their
   * logarithm. Sine and cosine are off by (8 + |l| / 256) u of exp(h) / sqrt(r), for the argument is reduced in three
   * parts, and exp(h) by ((d / 4 + 16) h + 8) u.
   */
  compare: (got, want, kind: FeatureKind, x: Tensor, logits: Tensor, options: FeatureOptions) => {
    const [r, d] = [colsOf(logits), colsOf(x)];
    const u = 2 ** -24;
    const l = cpuData(logits);
    const h = halfSquares(x, options.scale);
    const shift = options.shift ? cpuData(options.shift) : null;
    const values = cpuData(want);
    const width = kind === 'trigonometric' ? 2 * r : r;
    return entrywise(got, want, (i) => {
      const row = Math.floor(i / width);
      const logit = Math.abs(l[row * r + (i % r)]);
      const off = shift ? Math.abs(shift[shift.length > 1 ? row : 0]) : 0;
      const e = ((d / 4 + 8) * h[row] + 3 * (logit + h[row] + off)) * u;
      if (kind === 'logarithm') return e + 8 * u * (Math.abs(values[i]) + Math.log(r));
      if (kind === 'positive') {
        return Math.expm1(e + (8 + 5 * (logit + h[row] + off)) * u) * values[i] + 1e-37;
      }
      const size = Math.exp(h[row]) / Math.sqrt(r);
      const own = (d / 4 + 16) * h[row] + 8;
      return size * (Math.expm1(own * u) + (8 + logit / 256) * u);
    });
  },
});

/** scale^2 |x|^2 / 2 of every row. */
function halfSquares(x: Tensor, scale: number): Float64Array {
  const [d, data] = [colsOf(x), cpuData(x)];
  return Float64Array.from({ length: data.length / d }, (_, row) => {
    let sum = 0;
    for (let c = 0; c < d; c++) sum += data[row * d + c] ** 2;
    return (sum * scale * scale) / 2;
  });
}

/**
 * Random features of the rows of x (... x n x d) for the rows of w (r x d): ... x n x r, or 2 r trigonometric ones.
 * Products of positive or trigonometric features are unbiased estimates of exp(scale^2 x.y).
 */
export async function features(
  kind: FeatureKind,
  x: Tensor,
  w: Tensor,
  options: FeatureOptions,
): Promise<Tensor> {
  if (colsOf(x) !== colsOf(w)) {
    throw new UserError(
      `features of ${shapeText(x)} for ${shapeText(w)}: ${colsOf(x)} and ${colsOf(w)} columns`,
    );
  }
  return x.home.scope(async () => {
    const logits = await matmul(x, w, { transposeB: true, alpha: options.scale });
    return mapFeatures(kind, x, logits, options);
  });
}

const stateKernel = defineKernel({
  name: 'feature_state',
  code: stateCode,
  params: {
    n: 'u32',
    r4: 'u32',
    dv4: 'u32',
    parts: 'u32',
    part_keys: 'u32',
    batch: 'u32',
    scale: 'f32',
    group0: 'u32',
  },
  buffers: { k: 'read', v: 'read', s: 'write' },
  constants: { ELU: 0 },
  grid: ({ r4, dv4, parts, batch }) => [Math.ceil((dv4 + 1) / 8), Math.ceil(r4 / 4) * parts, batch],
  cost: ({ n, r4, dv4, batch }) => ({
    flop: 32 * batch * n * r4 * (dv4 + 1),
    bytes: 16 * batch * n * (r4 + dv4),
  }),
  split: 'y',
});

const outputKernel = defineKernel({
  name: 'feature_output',
  code: outputCode,
  params: { n: 'u32', r: 'u32', r4: 'u32', dv4: 'u32', batch: 'u32', scale: 'f32', group0: 'u32' },
  buffers: { q: 'read', s: 'read', o: 'write', den: 'write' },
  constants: { ELU: 0 },
  grid: ({ n, dv4, batch }) => [Math.ceil(dv4 / 8), Math.ceil(n / 16), batch],
  cost: ({ n, r4, dv4, batch }) => ({
    flop: 32 * batch * n * r4 * (dv4 + 1),
    bytes: 16 * batch * n * (r4 + dv4),
  }),
  split: 'y',
});

export interface FeatureAttention {
  /** ... x nq x dv */
  o: Tensor;
  /** phi(q_i) phi(K)^T 1, ... x nq x 1. Near zero or negative ones make trigonometric features useless. */
  denominators: Tensor;
}

export interface FeatureAttentionOptions {
  /** phi(x) = elu(scale x) + 1 of q and k; without it they hold features. */
  elu?: { scale: number };
}

/** phi(Q) (phi(K)^T V) / phi(Q) (phi(K)^T 1) in time linear in n: q ... x nq x r, k ... x nk x r, v ... x nk x dv. */
export const featureAttention = defineOperation({
  name: 'feature_attention',
  gpu: async (
    home: GpuHome,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    options: FeatureAttentionOptions = {},
  ): Promise<FeatureAttention> => {
    check(q, k, v);
    const [n, nq, r, dv, batch] = [rowsOf(k), rowsOf(q), colsOf(q), colsOf(v), batchOf(q)];
    const lead = q.shape.slice(0, -2);
    if (sizeOf(q.shape) * dv === 0) {
      return { o: home.empty([...lead, nq, dv]), denominators: home.empty([...lead, nq, 1]) };
    }
    return home.scope(async () => {
      const [q4, k4, v4] = [
        await paddedToVec4(home, q),
        await paddedToVec4(home, k),
        await paddedToVec4(home, v),
      ];
      const [r4, dv4] = [Math.ceil(r / 4), Math.ceil(dv / 4)];
      const scale = options.elu?.scale ?? 1;
      const constants = { ELU: options.elu ? 1 : 0 };
      const groups = Math.ceil(r4 / 4) * Math.ceil((dv4 + 1) / 8) * batch;
      const wanted = Math.min(Math.ceil((home.barriersAreSlow ? 16 : 256) / groups), Math.floor(n / 32));
      const partKeys = Math.ceil(n / Math.max(1, wanted));
      const parts = Math.ceil(n / partKeys);
      const part = home.empty([batch, parts, 16 * r4 * (dv4 + 1)]);
      const state = { n, r4, dv4, parts, part_keys: partKeys, batch, scale };
      await stateKernel.run(home, state, { k: k4, v: v4, s: part }, { constants });
      const whole = parts > 1 ? await reduceColumns(part, 'sum') : part;
      const o = home.empty([...lead, nq, 4 * dv4]);
      const denominators = home.empty([...lead, nq, 1]);
      await outputKernel.run(
        home,
        { n: nq, r, r4, dv4, batch, scale },
        { q: q4, s: whole, o, den: denominators },
        { constants },
      );
      return { o: await cutToColumns(home, o, dv), denominators };
    });
  },
  cpu: async (
    home: CpuHome,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    options: FeatureAttentionOptions = {},
  ): Promise<FeatureAttention> => {
    check(q, k, v);
    const lead = q.shape.slice(0, -2);
    const { o, den } = products(q, k, v, options, (x) => x);
    return {
      o: home.wrap([...lead, rowsOf(q), colsOf(v)], o),
      denominators: home.wrap([...lead, rowsOf(q), 1], den),
    };
  },
  /**
   * Numerator and denominator are sums of r sums of n products: off by g = (n + r + 40) u + (16 + 10 max |scale x|)
   * u (the exponentials of elu) times the same sums of absolute values, N and D. The quotient o = num / den is then
   * off by (g N + |o| g D) / |den| and a rounding, in first order in g D / |den|.
   */
  compare: (got, want, q: Tensor, k: Tensor, v: Tensor, options: FeatureAttentionOptions = {}) => {
    const u = 2 ** -24;
    const dv = colsOf(v);
    const most = (t: Tensor): number => {
      let size = 0;
      const data = cpuData(t);
      for (let i = 0; i < data.length; i++) size = Math.max(size, Math.abs(data[i]));
      return size;
    };
    const reach = options.elu ? 16 + 10 * options.elu.scale * Math.max(most(q), most(k)) : 0;
    const g = (rowsOf(k) + colsOf(q) + 40 + reach) * u;
    const { o: sizes, den: whole } = products(q, k, v, options, Math.abs);
    const [o, den] = [cpuData(want.o), cpuData(want.denominators)];
    const output = entrywise(got.o, want.o, (i) => {
      const row = Math.floor(i / dv);
      const [numerator, size] = [sizes[i] * whole[row], Math.abs(den[row])];
      return (g * (numerator + Math.abs(o[i]) * whole[row])) / size + 4 * u * Math.abs(o[i]) + 1e-37;
    });
    const denominators = entrywise(got.denominators, want.denominators, (i) => g * whole[i] + 1e-37);
    return output.ratio >= denominators.ratio ? output : denominators;
  },
});

function check(q: Tensor, k: Tensor, v: Tensor): void {
  if (
    colsOf(q) !== colsOf(k) ||
    rowsOf(k) !== rowsOf(v) ||
    batchOf(q) !== batchOf(k) ||
    batchOf(k) !== batchOf(v)
  ) {
    throw new UserError(
      `attention through features: queries ${shapeText(q)}, keys ${shapeText(k)}, values ${shapeText(v)} do not fit`,
    );
  }
  if (rowsOf(k) === 0) throw new UserError('attention through features: there are no keys');
}

/** In float64, with `of` applied to features and values: the output and its denominators. */
function products(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { elu }: FeatureAttentionOptions,
  of: (value: number) => number,
): { o: Float64Array; den: Float64Array } {
  const [n, nq, r, dv, batch] = [rowsOf(k), rowsOf(q), colsOf(q), colsOf(v), batchOf(q)];
  const phi = (t: Tensor): Float64Array =>
    Float64Array.from(cpuData(t), (value) => {
      if (!elu) return of(value);
      const x = elu.scale * value;
      return x > 0 ? x + 1 : Math.exp(x);
    });
  const [fq, fk, values] = [phi(q), phi(k), cpuData(v)];
  const o = new Float64Array(batch * nq * dv);
  const den = new Float64Array(batch * nq);
  for (let item = 0; item < batch; item++) {
    const state = new Float64Array(r * (dv + 1));
    for (let j = 0; j < n; j++) {
      for (let f = 0; f < r; f++) {
        const weight = fk[(item * n + j) * r + f];
        for (let c = 0; c < dv; c++) {
          state[f * (dv + 1) + c] += weight * of(values[(item * n + j) * dv + c]);
        }
        state[f * (dv + 1) + dv] += weight;
      }
    }
    for (let i = 0; i < nq; i++) {
      const row = item * nq + i;
      for (let f = 0; f < r; f++) {
        const weight = fq[row * r + f];
        for (let c = 0; c < dv; c++) o[row * dv + c] += weight * state[f * (dv + 1) + c];
        den[row] += weight * state[f * (dv + 1) + dv];
      }
      for (let c = 0; c < dv; c++) o[row * dv + c] /= den[row];
    }
  }
  return { o, den };
}
