/** Transpose of a matrix or of every matrix of a batch. */
import anyCode from '../../shaders/transpose_any.wgsl?raw';
import tileCode from '../../shaders/transpose_tile.wgsl?raw';
import vec4Code from '../../shaders/transpose_vec4.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { chosen, defineTunable } from '../gpu/tuner';
import { defineOperation, entrywise } from './operation';

/** A workgroup of COLS x ROWS blocks of `edge` x `edge` entries; of one where it has no such constants. */
const kernelOf = (name: string, code: string, edge: number, constants: Record<string, number> = {}) =>
  defineKernel({
    name,
    code,
    params: { m: 'u32', n: 'u32', batch: 'u32', group0: 'u32' },
    buffers: { a: 'read', t: 'write' },
    constants,
    grid: ({ m, n, batch }, { COLS = 1, ROWS = 1 }) => [
      Math.ceil(n / (edge * COLS)),
      Math.ceil(m / (edge * ROWS)),
      batch,
    ],
    cost: ({ m, n, batch }) => ({ flop: 0, bytes: 8 * m * n * batch }),
    split: 'y',
  });

const kernels = {
  any: kernelOf('transpose_any', anyCode, 4, { COLS: 4, ROWS: 16 }),
  vec4: kernelOf('transpose_vec4', vec4Code, 4, { COLS: 4, ROWS: 16 }),
  tile: kernelOf('transpose_tile', tileCode, 32),
};

export interface TransposeOptions {
  /** Default: by adapter and shape; vec4 takes multiples of four only. */
  variant?: TransposeVariant;
}

type TransposeVariant = keyof typeof kernels;
const isVariant = (name: string): name is TransposeVariant => name in kernels;

/** The default first. No kernel with barriers where those are slow. */
export function transposeVariants(home: GpuHome, m: number, n: number): TransposeVariant[] {
  const plain: TransposeVariant[] = m % 4 === 0 && n % 4 === 0 ? ['vec4', 'any'] : ['any'];
  return home.barriersAreSlow ? plain : ['tile', ...plain];
}

function variantFor(home: GpuHome, m: number, n: number, batch: number): TransposeVariant {
  const candidates = transposeVariants(home, m, n);
  const name = chosen(home, { op: 'transpose', sizes: { m, n, batch }, candidates });
  return isVariant(name) ? name : candidates[0];
}

defineTunable('transpose', async (home, { m, n, batch }, candidate) => {
  const a = home.tensor([batch, m, n]);
  const t = home.tensor([batch, n, m]);
  return () => kernels[isVariant(candidate) ? candidate : 'any'].run(home, { m, n, batch }, { a, t });
});

const flipped = (a: Tensor): number[] => [...a.shape.slice(0, -2), colsOf(a), rowsOf(a)];

/** A^T, m x n to n x m. */
export const transpose = defineOperation({
  name: 'transpose',
  gpu: async (home: GpuHome, a: Tensor, { variant }: TransposeOptions = {}) => {
    const t = home.empty(flipped(a));
    if (sizeOf(a.shape) === 0) return t;
    const [m, n] = [rowsOf(a), colsOf(a)];
    const batch = batchOf(a);
    await kernels[variant ?? variantFor(home, m, n, batch)].run(home, { m, n, batch }, { a, t });
    return t;
  },
  cpu: async (home: CpuHome, a: Tensor, _options: TransposeOptions = {}) => {
    const [m, n] = [rowsOf(a), colsOf(a)];
    const t = home.tensor(flipped(a));
    const [from, to] = [cpuData(a), cpuData(t)];
    for (let b = 0; b < batchOf(a); b++) {
      const at = b * m * n;
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) to[at + j * m + i] = from[at + i * n + j];
    }
    return t;
  },
  compare: (got, want) => entrywise(got, want, 0, 'a transpose is exact: entry'),
});
