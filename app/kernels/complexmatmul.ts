/** The product of complex matrices: for the small ones of state space models, hence one plain kernel. */
import code from '../../shaders/complex_matmul.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { assertComplex } from './complex';
import { defineOperation, entrywise } from './operation';

const kernel = defineKernel({
  name: 'complex_matmul',
  code,
  params: {
    m: 'u32',
    n: 'u32',
    k: 'u32',
    a_row: 'u32',
    a_col: 'u32',
    b_row: 'u32',
    b_col: 'u32',
    a_batch: 'u32',
    b_batch: 'u32',
    sign_a: 'f32',
    sign_b: 'f32',
    batch: 'u32',
    group0: 'u32',
  },
  buffers: { a: 'read', b: 'read', c: 'write' },
  grid: ({ m, n, batch }) => [Math.ceil(n / 16), Math.ceil(m / 16), batch],
  cost: ({ m, n, k, batch }) => ({
    flop: 8 * m * n * k * batch,
    bytes: 8 * batch * (m * k + k * n + m * n),
  }),
  split: 'y',
});

export interface ComplexMatmulOptions {
  /** op(A) = A^H, the conjugate transpose. */
  adjointA?: boolean;
  adjointB?: boolean;
}

function plan(a: Tensor, b: Tensor, { adjointA = false, adjointB = false }: ComplexMatmulOptions) {
  assertComplex('complexMatmul', a, b);
  const [m, k] = adjointA ? [colsOf(a), rowsOf(a)] : [rowsOf(a), colsOf(a)];
  const [inner, n] = adjointB ? [colsOf(b), rowsOf(b)] : [rowsOf(b), colsOf(b)];
  const batch = Math.max(batchOf(a), batchOf(b));
  const fits = [a, b].every((t) => batchOf(t) === batch || batchOf(t) === 1);
  if (k !== inner || !fits) {
    throw new UserError(
      `complexMatmul: cannot multiply ${shapeText(a)} by ${shapeText(b)}: the inner sizes are ${k} and ${inner}`,
    );
  }
  const lead = batchOf(a) === batch ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  const [lda, ldb] = [colsOf(a), colsOf(b)];
  return {
    shape: [...lead, m, n],
    job: {
      m,
      n,
      k,
      a_row: adjointA ? 1 : lda,
      a_col: adjointA ? lda : 1,
      b_row: adjointB ? 1 : ldb,
      b_col: adjointB ? ldb : 1,
      a_batch: batchOf(a) === 1 ? 0 : rowsOf(a) * lda,
      b_batch: batchOf(b) === 1 ? 0 : rowsOf(b) * ldb,
      sign_a: adjointA ? -1 : 1,
      sign_b: adjointB ? -1 : 1,
      batch,
    },
  };
}

type Job = ReturnType<typeof plan>['job'];

/** Calls `add` for every term: entry `to` of C, and where its factors lie in the interleaved operands. */
function eachTerm(job: Job, add: (to: number, i: number, j: number) => void): void {
  for (let e = 0; e < job.batch * job.m * job.n; e++) {
    const item = Math.floor(e / (job.m * job.n));
    const row = Math.floor(e / job.n) % job.m;
    const col = e % job.n;
    for (let t = 0; t < job.k; t++) {
      const i = 2 * (item * job.a_batch + row * job.a_row + t * job.a_col);
      const j = 2 * (item * job.b_batch + t * job.b_row + col * job.b_col);
      add(e, i, j);
    }
  }
}

/**
 * op(A) op(B) for c64 tensors, batched over the leading dimensions (a 2-D operand serves the whole batch).
 * @throws UserError where the shapes do not fit.
 */
export const complexMatmul = defineOperation({
  name: 'complex_matmul',
  gpu: async (home: GpuHome, a: Tensor, b: Tensor, options: ComplexMatmulOptions = {}) => {
    const { shape, job } = plan(a, b, options);
    const c = home.empty(shape, 'c64');
    if (sizeOf(shape) > 0) await kernel.run(home, job, { a, b, c });
    return c;
  },
  cpu: async (home: CpuHome, a: Tensor, b: Tensor, options: ComplexMatmulOptions = {}) => {
    const { shape, job } = plan(a, b, options);
    const [x, y] = [cpuData(a), cpuData(b)];
    const c = new Float64Array(2 * sizeOf(shape));
    eachTerm(job, (e, i, j) => {
      const [xi, yi] = [job.sign_a * x[i + 1], job.sign_b * y[j + 1]];
      c[2 * e] += x[i] * y[j] - xi * yi;
      c[2 * e + 1] += x[i] * yi + xi * y[j];
    });
    return home.wrap(shape, c, 'c64');
  },
  /** 2k products a part: |error| <= (2k + 4) u (|A||B|)_ij. */
  compare: (got, want, a: Tensor, b: Tensor, options: ComplexMatmulOptions = {}) => {
    const { shape, job } = plan(a, b, options);
    const [x, y] = [cpuData(a), cpuData(b)];
    const sums = new Float64Array(sizeOf(shape));
    eachTerm(job, (e, i, j) => {
      sums[e] += Math.hypot(x[i], x[i + 1]) * Math.hypot(y[j], y[j + 1]);
    });
    return entrywise(got, want, (i) => (2 * job.k + 4) * 2 ** -24 * sums[i >> 1] + 1e-37, 'part');
  },
});
