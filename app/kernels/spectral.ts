/** Spectral norms of a batch of matrices by power iteration on A^T A, all of the batch in the same dispatches. */
import matvecCode from '../../shaders/matvec.wgsl?raw';
import normalizeCode from '../../shaders/normalize_lines.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { norm } from '../math/linalg';
import { normals } from '../math/threefry';
import { defineOperation } from './operation';

const matvec = defineKernel({
  name: 'matvec',
  code: matvecCode,
  params: { m: 'u32', n: 'u32', batch: 'u32', along: 'u32' },
  buffers: { a: 'read', x: 'read', y: 'write' },
  grid: ({ m, n, batch, along }) => linearGrid(batch * (along === 1 ? n : m), 64),
  cost: ({ m, n, batch }) => ({ flop: 2 * batch * m * n, bytes: 4 * batch * m * n }),
});

const normalize = defineKernel({
  name: 'normalize_lines',
  code: normalizeCode,
  params: { n: 'u32', batch: 'u32' },
  buffers: { z: 'read', x: 'write', norm: 'write' },
  grid: ({ batch }) => [Math.ceil(batch / 64)],
  cost: ({ n, batch }) => ({ flop: 4 * n * batch, bytes: 16 * n * batch }),
});

/** Start vectors: fixed, so that the same matrix always gives the same figure. */
const start = (n: number, batch: number): Float64Array => {
  const one = normals(0x5eed, 0, n);
  const out = new Float64Array(n * batch);
  for (let b = 0; b < batch; b++) out.set(one, b * n);
  return out;
};

/**
 * Largest singular value of every matrix of a batch, by `steps` power iterations: an estimate from below,
 * with relative error about (sigma_2 / sigma_1)^(4 steps) (Golub, Van Loan 2013, 8.2.1).
 */
export const spectralNorms = defineOperation({
  name: 'spectralNorms',
  gpu: async (home: GpuHome, a: Tensor, steps: number): Promise<number[]> => {
    const [m, n, batch] = [rowsOf(a), colsOf(a), batchOf(a)];
    return home.scope(async () => {
      const x = home.empty([batch, n]);
      const y = home.empty([batch, m]);
      const z = home.tensor([batch, n], start(n, batch));
      const length = home.empty([batch]);
      for (let step = 0; step <= steps; step++) {
        await normalize.run(home, { n, batch }, { z, x, norm: length });
        if (step === steps) break;
        await matvec.run(home, { m, n, batch, along: 0 }, { a, x, y });
        await matvec.run(home, { m, n, batch, along: 1 }, { a, x: y, y: z });
      }
      return Array.from(await home.read(length), Math.sqrt);
    });
  },
  cpu: async (home: CpuHome, a: Tensor, steps: number): Promise<number[]> => {
    const [m, n, batch] = [rowsOf(a), colsOf(a), batchOf(a)];
    const data = cpuData(a);
    const out: number[] = [];
    for (let b = 0; b < batch; b++) {
      let z = start(n, 1);
      let length = 0;
      for (let step = 0; step <= steps; step++) {
        length = norm(z);
        if (step === steps || length === 0) break;
        const next = new Float64Array(n);
        for (let i = 0; i < m; i++) {
          const at = (b * m + i) * n;
          let sum = 0;
          for (let j = 0; j < n; j++) sum += data[at + j] * z[j];
          sum /= length;
          for (let j = 0; j < n; j++) next[j] += data[at + j] * sum;
        }
        z = next;
        await home.checkpoint();
      }
      out.push(Math.sqrt(length));
    }
    return out;
  },
  /** Each product has gamma_(m + n); the quotient forgets earlier steps: (m + n) u, with the iteration's slack. */
  compare: (got, want, a: Tensor) => {
    const bound = (rowsOf(a) + colsOf(a)) * 2 ** -24;
    const ratios = got.map((value, i) => Math.abs(value - want[i]) / (bound * want[i] + 1e-30));
    const worst = ratios.indexOf(Math.max(...ratios));
    return { ratio: ratios[worst] ?? 0, what: `norm ${worst} is ${got[worst]}, float64 says ${want[worst]}` };
  },
});
