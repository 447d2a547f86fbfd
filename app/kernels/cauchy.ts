/**
 * Transfer functions of state space models: S4's generating function as Cauchy sums, and responses at many
 * frequencies. Differences s - mu are what must keep their digits here.
 */
import termsCode from '../../shaders/cauchy_terms.wgsl?raw';
import transferCode from '../../shaders/dplr_transfer.wgsl?raw';
import responseCode from '../../shaders/legs_response.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { type Home, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { type Complex, times } from '../math/complex';
import { defineOperation, entrywise } from './operation';

const U = 2 ** -24;

const transferKernel = defineKernel({
  name: 'dplr_transfer',
  code: transferCode,
  params: { count: 'u32', modes: 'u32', last: 'u32', two_over_dt: 'f32', limit: 'f32' },
  buffers: { tangent: 'read', poles: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, modes }) => ({ flop: 36 * count * modes + 40 * count, bytes: 12 * count + 40 * modes }),
});

/** A diagonal plus low-rank system, half of its conjugate pairs; `share` 1/2 marks a real pole. */
export interface DplrSystem {
  lam: Complex;
  /** V^* B, V^* P, and Ct V with Ct = C (I - Ab^L). */
  b: Complex;
  p: Complex;
  ct: Complex;
  share: ArrayLike<number>;
}

/** What the device needs: L even, so that k = L/2 is the point z = -1. */
export interface DplrTables {
  /** 1 x (L/2 + 1): tan(pi k / L), 0 at the last. */
  tangent: Tensor;
  /** modes x 10: Re lam, Im lam, four alpha, four beta (see the shader). */
  poles: Tensor;
  dt: number;
  /** The value at z = -1. */
  limit: number;
}

/** Tables for a kernel of `length` steps, in float64 before they are rounded. */
export function dplrTables(home: Home, system: DplrSystem, dt: number, length: number): DplrTables {
  const { lam, b, p, ct, share } = system;
  const modes = lam.re.length;
  const half = length / 2;
  if (!Number.isInteger(half)) throw new Error(`dplrTables: length ${length} is odd`);
  const tangent = Float64Array.from({ length: half + 1 }, (_, k) =>
    k === half ? 0 : Math.tan((Math.PI * k) / length),
  );
  const conjugateP = { re: p.re, im: p.im.map((x) => -x) };
  const numerators = [times(ct, b), times(ct, p), times(conjugateP, b), times(conjugateP, p)];
  const table = new Float64Array(10 * modes);
  let limit = 0;
  for (let i = 0; i < modes; i++) {
    table[10 * i] = lam.re[i];
    table[10 * i + 1] = lam.im[i];
    numerators.forEach((r, j) => {
      table[10 * i + 2 + j] = 2 * share[i] * r.re[i];
      table[10 * i + 6 + j] = 2 * share[i] * (r.re[i] * lam.re[i] + r.im[i] * lam.im[i]);
    });
    limit += dt * share[i] * numerators[0].re[i];
  }
  return {
    tangent: home.tensor([1, half + 1], tangent),
    poles: home.tensor([modes, 10], table),
    dt,
    limit,
  };
}

/** The four sums at gamma with, for each, the sum of the moduli of its terms and of their amplified roundings. */
function cauchySums(poles: ArrayLike<number>, gamma: number) {
  const [re, im] = [new Float64Array(4), new Float64Array(4)];
  const error = new Float64Array(4);
  const modes = poles.length / 10;
  for (let i = 0; i < modes; i++) {
    const [sigma, w] = [poles[10 * i], poles[10 * i + 1]];
    const dx = (w - gamma) * (w + gamma) + sigma * sigma;
    const dy = -2 * sigma * gamma;
    const square = dx * dx + dy * dy;
    // gamma, w - gamma and w + gamma each carry a rounding; d turns by them relative to its own size.
    const turn = 1 + (2 * Math.abs(gamma) * Math.abs(gamma + w)) / Math.sqrt(square);
    for (let j = 0; j < 4; j++) {
      const [alpha, beta] = [poles[10 * i + 2 + j], poles[10 * i + 6 + j]];
      re[j] += (-beta * dx + gamma * alpha * dy) / square;
      im[j] += (gamma * alpha * dx + beta * dy) / square;
      error[j] += ((modes + 10 + 4 * turn) * U * Math.hypot(beta, gamma * alpha)) / Math.sqrt(square);
    }
  }
  return { re, im, error };
}

/** Khat_k = sum_j K_j z_k^j at the L-th roots of unity, k = 0..L/2: complex, 1 x (L/2 + 1). K is real. */
export const dplrTransfer = defineOperation({
  name: 'dplr_transfer',
  gpu: async (home: GpuHome, { tangent, poles, dt, limit }: DplrTables) => {
    const count = sizeOf(tangent.shape);
    const out = home.empty([1, count], 'c64');
    const params = { count, modes: sizeOf(poles.shape) / 10, last: count - 1, two_over_dt: 2 / dt, limit };
    await transferKernel.run(home, params, { tangent, poles, out });
    return out;
  },
  cpu: async (home: CpuHome, { tangent, poles, dt, limit }: DplrTables) => {
    const t = cpuData(tangent);
    const out = new Float64Array(2 * t.length);
    const table = cpuData(poles);
    for (let k = 0; k < t.length - 1; k++) {
      const { re, im } = cauchySums(table, (2 / dt) * t[k]);
      const [x, y] = [re[1] * re[2] - im[1] * im[2], re[1] * im[2] + im[1] * re[2]];
      const [c, d] = [1 + re[3], im[3]];
      const a = re[0] - (x * c + y * d) / (c * c + d * d);
      const b = im[0] - (y * c - x * d) / (c * c + d * d);
      out[2 * k] = a - t[k] * b;
      out[2 * k + 1] = b + t[k] * a;
      if (k % 256 === 0) await home.checkpoint();
    }
    out[2 * (t.length - 1)] = limit;
    return home.wrap([1, t.length], out, 'c64');
  },
  /** The errors of the four sums (shader), through k00 - k01 k10 / (1 + k11) to first order, doubled, plus 20 u. */
  compare: (got, want, { tangent, poles, dt, limit }: DplrTables) => {
    const t = cpuData(tangent);
    const table = cpuData(poles);
    const bounds = Float64Array.from(t, (tangent, k) => {
      if (k === t.length - 1) return 2 * U * Math.abs(limit);
      const { re, im, error } = cauchySums(table, (2 / dt) * tangent);
      const size = [0, 1, 2, 3].map((j) => Math.hypot(re[j], im[j]));
      const below = Math.hypot(1 + re[3], im[3]);
      const cross = (size[1] * size[2]) / below;
      const sum =
        error[0] +
        (error[1] * size[2] + size[1] * error[2]) / below +
        cross * ((error[3] + 2 * U) / below + 20 * U) +
        4 * U * (size[0] + cross);
      return 2 * Math.hypot(1, tangent) * sum;
    });
    return entrywise(got, want, (i) => bounds[i >> 1] + 1e-37, 'part');
  },
});

const termsKernel = defineKernel({
  name: 'cauchy_terms',
  code: termsCode,
  params: { count: 'u32', modes: 'u32' },
  buffers: { s: 'read', mu: 'read', b: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 20 * count, bytes: 8 * count }),
});

/** Complex numbers with both parts as a high and a low float32: n x 4. */
export function splitComplex(home: Home, { re, im }: Complex): Tensor {
  const out = new Float64Array(4 * re.length);
  for (let i = 0; i < re.length; i++) {
    const [x, y] = [Math.fround(re[i]), Math.fround(im[i])];
    out.set([x, re[i] - x, y, im[i] - y], 4 * i);
  }
  return home.tensor([re.length, 4], out);
}

/** A complex vector on the device, n x 1. */
export function deviceComplex(home: Home, { re, im }: Complex, shape = [re.length, 1]): Tensor {
  const out = new Float64Array(2 * re.length);
  for (let i = 0; i < re.length; i++) out.set([re[i], im[i]], 2 * i);
  return home.tensor(shape, out, 'c64');
}

/** b_k / (s_f - mu_k), complex, frequencies x poles; s and mu as splitComplex makes them. */
export const cauchyTerms = defineOperation({
  name: 'cauchy_terms',
  gpu: async (home: GpuHome, s: Tensor, mu: Tensor, b: Tensor) => {
    const [frequencies, modes] = [s.shape[0], mu.shape[0]];
    const out = home.empty([frequencies, modes], 'c64');
    const count = frequencies * modes;
    if (count > 0) await termsKernel.run(home, { count, modes }, { s, mu, b, out });
    return out;
  },
  cpu: async (home: CpuHome, s: Tensor, mu: Tensor, b: Tensor) => {
    const [points, poles, weights] = [cpuData(s), cpuData(mu), cpuData(b)];
    const [frequencies, modes] = [s.shape[0], mu.shape[0]];
    const out = new Float64Array(2 * frequencies * modes);
    for (let f = 0; f < frequencies; f++) {
      for (let k = 0; k < modes; k++) {
        const x = points[4 * f] - poles[4 * k] + (points[4 * f + 1] - poles[4 * k + 1]);
        const y = points[4 * f + 2] - poles[4 * k + 2] + (points[4 * f + 3] - poles[4 * k + 3]);
        const square = x * x + y * y;
        const at = 2 * (f * modes + k);
        out[at] = (weights[2 * k] * x + weights[2 * k + 1] * y) / square;
        out[at + 1] = (weights[2 * k + 1] * x - weights[2 * k] * y) / square;
      }
    }
    await home.checkpoint();
    return home.wrap([frequencies, modes], out, 'c64');
  },
  /** Differences to 3 roundings each part (no cancellation is left after the high parts), then a division. */
  compare: (got, want) => {
    const values = cpuData(want);
    return entrywise(got, want, (i) => 24 * U * modulus(values, i >> 1) + 1e-37, 'part');
  },
});

const modulus = (z: ArrayLike<number>, i: number): number => Math.hypot(z[2 * i], z[2 * i + 1]);

const responseKernel = defineKernel({
  name: 'legs_response',
  code: responseCode,
  params: { count: 'u32', states: 'u32' },
  buffers: { omega: 'read', response: 'write', companion: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, states }) => ({ flop: 50 * count * states, bytes: 8 * count * states }),
});

export interface LegsResponse {
  /** (i w - A)^-1 B, frequencies x N. */
  response: Tensor;
  /** T(i w), frequencies x 1. */
  companion: Tensor;
}

/** The response of HiPPO-LegS with N states at these frequencies, and T with R_diagonal = R / (1 + T). */
export const legsResponse = defineOperation({
  name: 'legs_response',
  gpu: async (home: GpuHome, omega: Tensor, states: number): Promise<LegsResponse> => {
    const count = sizeOf(omega.shape);
    const response = home.empty([count, states], 'c64');
    const companion = home.empty([count, 1], 'c64');
    if (count > 0) await responseKernel.run(home, { count, states }, { omega, response, companion });
    return { response, companion };
  },
  cpu: async (home: CpuHome, omega: Tensor, states: number): Promise<LegsResponse> => {
    const w = cpuData(omega);
    const response = new Float64Array(2 * w.length * states);
    const companion = new Float64Array(2 * w.length);
    for (let f = 0; f < w.length; f++) {
      const lowest = 1 + w[f] * w[f];
      let r: [number, number] = [1 / lowest, -w[f] / lowest];
      let t: [number, number] = [1, 0];
      for (let n = 0; n < states; n++) {
        if (n > 0) r = rotate(r, 1 - n, n + 1, w[f]);
        response[2 * (f * states + n)] = Math.sqrt(2 * n + 1) * r[0];
        response[2 * (f * states + n) + 1] = Math.sqrt(2 * n + 1) * r[1];
        t = rotate(t, -n, n + 1, w[f]);
      }
      companion.set(t, 2 * f);
    }
    await home.checkpoint();
    return {
      response: home.wrap([w.length, states], response, 'c64'),
      companion: home.wrap([w.length, 1], companion, 'c64'),
    };
  },
  /** (24 n + 24) u |R_n|; 24 N u |T|. */
  compare: (got, want, _omega: Tensor, states: number) => {
    const [r, t] = [cpuData(want.response), cpuData(want.companion)];
    const first = entrywise(got.response, want.response, (i) => {
      const n = (i >> 1) % states;
      return (24 * n + 24) * U * modulus(r, i >> 1) + 1e-37;
    });
    if (first.ratio > 1) return first;
    return entrywise(got.companion, want.companion, (i) => 24 * states * U * modulus(t, i >> 1) + 1e-37);
  },
});

/** z (a + i w) / (b + i w). */
function rotate([x, y]: [number, number], a: number, b: number, w: number): [number, number] {
  const below = b * b + w * w;
  const [p, q] = [(a * b + w * w) / below, (w * b - a * w) / below];
  return [x * p - y * q, x * q + y * p];
}
