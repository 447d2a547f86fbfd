/**
 * The subsampled randomized Hadamard transform: Omega = sqrt(N/l) D H P, N the power of two >= n, D random
 * signs, H orthonormal in natural order, P the first l entries of a random permutation of N. A Omega costs
 * m N log2 N additions and the memory of two m x N matrices; the permutation is drawn on the CPU.
 */
import matrixCode from '../../shaders/srht_matrix.wgsl?raw';
import padCode from '../../shaders/srht_pad.wgsl?raw';
import pickCode from '../../shaders/srht_pick.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, type Home, rowsOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { permutation, signs } from '../math/threefry';
import { walshHadamard } from './hadamard';
import { defineOperation, entrywise } from './operation';
import type { Streams } from './sparsesketch';

const padKernel = defineKernel({
  name: 'srht_pad',
  code: padCode,
  params: { m: 'u32', n: 'u32', padded: 'u32', seed: 'u32', stream: 'u32' },
  buffers: { a: 'read', b: 'write' },
  grid: ({ m, padded }) => linearGrid(m * padded, 64),
  cost: ({ m, n, padded }) => ({ flop: 110 * m * n, bytes: 4 * m * (n + padded) }),
});

const pickKernel = defineKernel({
  name: 'srht_pick',
  code: pickCode,
  params: { m: 'u32', l: 'u32', padded: 'u32', scale: 'f32' },
  buffers: { h: 'read', chosen: 'read', y: 'write' },
  grid: ({ m, l }) => linearGrid(m * l, 64),
  cost: ({ m, l }) => ({ flop: m * l, bytes: 8 * m * l }),
});

const matrixKernel = defineKernel({
  name: 'srht_matrix',
  code: matrixCode,
  params: { n: 'u32', l: 'u32', seed: 'u32', stream: 'u32', scale: 'f32' },
  buffers: { chosen: 'read', omega: 'write' },
  grid: ({ n, l }) => linearGrid(n * l, 64),
  cost: ({ n, l }) => ({ flop: 110 * n * l, bytes: 4 * n * l }),
});

/** The power of two at or above n. */
export function paddedLength(n: number): number {
  let padded = 1;
  while (padded < n) padded *= 2;
  return padded;
}

const chosenColumns = (home: Home, n: number, l: number, seed: number, stream: number): Tensor =>
  home.tensor([l], permutation(seed, stream, paddedLength(n)).subarray(0, l), 'u32');

const pad = defineOperation({
  name: 'srht_pad',
  gpu: async (home: GpuHome, a: Tensor, seed: number, stream: number) => {
    const [m, n, padded] = [rowsOf(a), colsOf(a), paddedLength(colsOf(a))];
    const b = home.empty([m, padded]);
    await padKernel.run(home, { m, n, padded, seed, stream }, { a, b });
    return b;
  },
  cpu: async (home: CpuHome, a: Tensor, seed: number, stream: number) => {
    const [m, n, padded] = [rowsOf(a), colsOf(a), paddedLength(colsOf(a))];
    const [from, sign, b] = [cpuData(a), signs(seed, stream, n), new Float64Array(m * padded)];
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) b[i * padded + j] = sign[j] * from[i * n + j];
    return home.wrap([m, padded], b);
  },
  compare: (got, want) => entrywise(got, want, 2 ** -149, 'signs are exact: entry'),
});

const pick = defineOperation({
  name: 'srht_pick',
  gpu: async (home: GpuHome, h: Tensor, chosen: Tensor, scale: number) => {
    const [m, padded, l] = [rowsOf(h), colsOf(h), colsOf(chosen)];
    const y = home.empty([m, l]);
    await pickKernel.run(home, { m, l, padded, scale }, { h, chosen, y });
    return y;
  },
  cpu: async (home: CpuHome, h: Tensor, chosen: Tensor, scale: number) => {
    const [m, padded, l] = [rowsOf(h), colsOf(h), colsOf(chosen)];
    const [from, columns] = [cpuData(h), cpuData(chosen)];
    const pickOne = (_: unknown, at: number) => scale * from[Math.floor(at / l) * padded + columns[at % l]];
    return home.wrap([m, l], Float64Array.from({ length: m * l }, pickOne));
  },
  // The scale and the product are rounded once each.
  compare: (got, want) => {
    const values = cpuData(want);
    return entrywise(got, want, (i) => 2 ** -23 * 1.01 * Math.abs(values[i]) + 2 ** -126, 'picked entry');
  },
});

/** Y = A Omega, m x l. */
export async function srhtProduct(a: Tensor, l: number, seed: number, streams: Streams): Promise<Tensor> {
  const { home } = a;
  const padded = await pad(a, seed, streams[0]);
  const h = await walshHadamard(padded);
  home.release(padded);
  const chosen = chosenColumns(home, colsOf(a), l, seed, streams[1]);
  const y = await pick(h, chosen, Math.sqrt(colsOf(h) / l));
  home.release(h);
  home.release(chosen);
  return y;
}

const matrixOf = defineOperation({
  name: 'srht_matrix',
  gpu: async (home: GpuHome, chosen: Tensor, n: number, seed: number, stream: number) => {
    const l = colsOf(chosen);
    const omega = home.empty([n, l]);
    await matrixKernel.run(home, { n, l, seed, stream, scale: 1 / Math.sqrt(l) }, { chosen, omega });
    return omega;
  },
  cpu: async (home: CpuHome, chosen: Tensor, n: number, seed: number, stream: number) => {
    const l = colsOf(chosen);
    const [columns, sign] = [cpuData(chosen), signs(seed, stream, n)];
    const entry = (_: unknown, at: number) => {
      const row = Math.floor(at / l);
      return (sign[row] * (oddBits(row & columns[at % l]) ? -1 : 1)) / Math.sqrt(l);
    };
    return home.wrap([n, l], Float64Array.from({ length: n * l }, entry));
  },
  compare: (got, want) => entrywise(got, want, 2 ** -24, 'sketch entry'),
});

function oddBits(x: number): boolean {
  let odd = false;
  for (let rest = x; rest !== 0; rest &= rest - 1) odd = !odd;
  return odd;
}

/** Omega as a dense n x l tensor: entries +-1/sqrt(l). */
export async function srhtMatrix(home: Home, n: number, l: number, seed: number, streams: Streams) {
  const chosen = chosenColumns(home, n, l, seed, streams[1]);
  const omega = await matrixOf(chosen, n, seed, streams[0]);
  home.release(chosen);
  return omega;
}
