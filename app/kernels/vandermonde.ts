/** Sums over the modes of a diagonal state space model, and Legendre series: functions from few coefficients. */
import legendreCode from '../../shaders/legendre_series.wgsl?raw';
import code from '../../shaders/vandermonde.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, type Home, rowsOf, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import type { Complex } from '../math/complex';
import { legendreArgument } from '../math/hippo';
import { modePowers } from '../math/statespace';
import { assertComplex } from './complex';
import { defineOperation, entrywise } from './operation';

const U = 2 ** -24;

const kernel = defineKernel({
  name: 'vandermonde',
  code,
  params: { length: 'u32', modes: 'u32', block: 'u32', blocks: 'u32', count: 'u32' },
  buffers: { weight: 'read', coarse: 'read', fine: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, modes, block, blocks }) => ({
    flop: 14 * count * modes,
    bytes: 8 * modes * (block + blocks) + 4 * count,
  }),
});

/** Powers of the modes as two tables: a^k = coarse[k / block] fine[k mod block]. */
export interface PowerTables {
  /** modes x blocks, complex. */
  coarse: Tensor;
  /** modes x block, complex. */
  fine: Tensor;
  length: number;
}

/** Tables for powers 0..length - 1, made in float64. block is about the root of the length. */
export function powerTables(home: Home, a: Complex, length: number): PowerTables {
  const block = 2 ** Math.ceil(Math.log2(Math.max(1, length)) / 2);
  const blocks = Math.ceil(length / block);
  return {
    coarse: table(home, modePowers(a, block), blocks),
    fine: table(home, a, block),
    length,
  };
}

/** modes x count: the powers 0..count - 1. Products in float64: k roundings of 2^-53 at most. */
function table(home: Home, a: Complex, count: number): Tensor {
  const modes = a.re.length;
  const values = new Float64Array(2 * modes * count);
  for (let i = 0; i < modes; i++) {
    let [x, y] = [1, 0];
    for (let j = 0; j < count; j++) {
      values[2 * (i * count + j)] = x;
      values[2 * (i * count + j) + 1] = y;
      [x, y] = [x * a.re[i] - y * a.im[i], x * a.im[i] + y * a.re[i]];
    }
  }
  return home.tensor([modes, count], values, 'c64');
}

/**
 * K = 2 Re sum_i weight_oi a_i^k, outputs x length. A real pole, or one whose conjugate is in the list itself,
 * takes half the weight. weight is complex, outputs x modes.
 */
export const vandermonde = defineOperation({
  name: 'vandermonde',
  gpu: async (home: GpuHome, weight: Tensor, { coarse, fine, length }: PowerTables) => {
    assertComplex('vandermonde', weight, coarse, fine);
    const count = rowsOf(weight) * length;
    const out = home.empty([rowsOf(weight), length]);
    if (count === 0) return out;
    const params = { length, modes: colsOf(weight), block: colsOf(fine), blocks: colsOf(coarse), count };
    await kernel.run(home, params, { weight, coarse, fine, out });
    return out;
  },
  cpu: async (home: CpuHome, weight: Tensor, tables: PowerTables) => {
    const out = home.tensor([rowsOf(weight), tables.length]);
    const result = cpuData(out);
    for (let o = 0; o < rowsOf(weight); o++) {
      modeSums(weight, tables, o, (k, re) => {
        result[o * tables.length + k] += 2 * re;
      });
      await home.checkpoint();
    }
    return out;
  },
  /** Three products and a sum of `modes` terms in order: (modes + 8) u 2 sum |weight| |a|^k. */
  compare: (got, want, weight: Tensor, tables: PowerTables) => {
    const size = new Float64Array(sizeOf(want.shape));
    for (let o = 0; o < rowsOf(weight); o++) {
      modeSums(weight, tables, o, (k, _, modulus) => {
        size[o * tables.length + k] += 2 * modulus;
      });
    }
    const factor = (colsOf(weight) + 8) * U;
    return entrywise(got, want, (i) => factor * size[i] + 1e-37);
  },
});

/** Calls back with every term of output o: its index k, real part and modulus. */
function modeSums(
  weight: Tensor,
  { coarse, fine, length }: PowerTables,
  o: number,
  add: (k: number, re: number, modulus: number) => void,
): void {
  const [w, slow, fast] = [cpuData(weight), cpuData(coarse), cpuData(fine)];
  const [modes, blocks, block] = [colsOf(weight), colsOf(coarse), colsOf(fine)];
  for (let i = 0; i < modes; i++) {
    const [wx, wy] = [w[2 * (o * modes + i)], w[2 * (o * modes + i) + 1]];
    for (let k = 0; k < length; k++) {
      const c = 2 * (i * blocks + Math.floor(k / block));
      const f = 2 * (i * block + (k % block));
      const x = slow[c] * fast[f] - slow[c + 1] * fast[f + 1];
      const y = slow[c] * fast[f + 1] + slow[c + 1] * fast[f];
      add(k, wx * x - wy * y, Math.hypot(wx, wy) * Math.hypot(x, y));
    }
  }
}

const legendreKernel = defineKernel({
  name: 'legendre_series',
  code: legendreCode,
  params: { count: 'u32', terms: 'u32' },
  buffers: { y: 'read', flip: 'read', coefficient: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, terms }) => ({ flop: 8 * count * terms, bytes: 12 * count + 4 * terms }),
});

/** sum_n coefficient_n P_n(2 e^-t - 1) at these times >= 0: 1 x times.length. */
export async function legendreSeries(coefficient: Tensor, times: ArrayLike<number>): Promise<Tensor> {
  const { home } = coefficient;
  const args = Array.from(times, legendreArgument);
  const y = home.tensor(
    [1, args.length],
    args.map(({ y }) => y),
  );
  const flip = home.tensor(
    [1, args.length],
    args.map(({ flip }) => (flip ? 1 : 0)),
  );
  return series(coefficient, y, flip);
}

const series = defineOperation({
  name: 'legendre_series',
  gpu: async (home: GpuHome, coefficient: Tensor, y: Tensor, flip: Tensor) => {
    const out = home.empty(y.shape);
    const params = { count: sizeOf(y.shape), terms: sizeOf(coefficient.shape) };
    if (params.count > 0) await legendreKernel.run(home, params, { y, flip, coefficient, out });
    return out;
  },
  cpu: async (home: CpuHome, coefficient: Tensor, y: Tensor, flip: Tensor) => {
    const out = home.tensor(y.shape);
    const [c, ys, flips, result] = [cpuData(coefficient), cpuData(y), cpuData(flip), cpuData(out)];
    for (let j = 0; j < result.length; j++) {
      let [value, difference, sign] = [1, 0, 1];
      for (let n = 0; n < c.length; n++) {
        result[j] += c[n] * sign * value;
        difference = (n * difference - (4 * n + 2) * ys[j] * value) / (n + 1);
        value += difference;
        sign *= 1 - 2 * flips[j];
      }
    }
    await home.checkpoint();
    return out;
  },
  /** 6 (n+1)^2 u for P_n (see the shader), and `terms` u for the sum, |P_n| <= 1. */
  compare: (got, want, coefficient: Tensor) => {
    let bound = 1e-37;
    cpuData(coefficient).forEach((c, n, all) => {
      bound += (6 * (n + 1) ** 2 + all.length) * U * Math.abs(c);
    });
    return entrywise(got, want, bound);
  },
});
