/**
 * The diagonal scalings of RandLoRA (Albert et al. 2025): dW = sum over j of B_j diag(lambda_j) A diag(gamma_j) = B S
 * with fixed B (m x N r, the B_j side by side) and A (r x n). Here are S from the trained numbers, and their
 * gradients from T = B^T G; the two products with B are matmul's.
 */
import gradientCode from '../../shaders/randlora_gradient.wgsl?raw';
import stackCode from '../../shaders/randlora_stack.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { defineOperation, entrywise } from './operation';

const params = { r: 'u32', n: 'u32', bases: 'u32', gamma_at: 'u32' } as const;

const stackKernel = defineKernel({
  name: 'randlora_stack',
  code: stackCode,
  params,
  buffers: { theta: 'read', a: 'read', s: 'write' },
  grid: ({ r, n, bases }) => linearGrid(bases * r * n, 64),
  cost: ({ r, n, bases }) => ({ flop: 2 * bases * r * n, bytes: 16 * bases * r * n }),
});

const gradientKernel = defineKernel({
  name: 'randlora_gradient',
  code: gradientCode,
  params,
  buffers: { t: 'read', theta: 'read', a: 'read', gradient: 'write' },
  grid: ({ r, n, bases }) => linearGrid(bases * (r + n), 64),
  cost: ({ r, n, bases }) => ({ flop: 6 * bases * r * n, bytes: 24 * bases * r * n }),
});

/** Where things lie: lambda is theta[0 .. N r), gamma the N x n entries from `gammaAt` on. */
export interface RandloraShape {
  bases: number;
  gammaAt: number;
}

function layout(theta: Tensor, a: Tensor, { bases, gammaAt }: RandloraShape) {
  const [r, n] = a.shape;
  if (gammaAt < bases * r || sizeOf(theta.shape) < gammaAt + bases * n) {
    throw new RangeError(`randlora: ${bases} bases of ${shapeText(a)} in ${shapeText(theta)} numbers`);
  }
  return { r, n, bases, gamma_at: gammaAt };
}

/** S, N r x n: row j r + i is lambda[j r + i] A_i, times gamma_j entry by entry. */
export const randloraStack = defineOperation({
  name: 'randloraStack',
  gpu: async (home: GpuHome, theta: Tensor, a: Tensor, shape: RandloraShape) => {
    const job = layout(theta, a, shape);
    const s = home.empty([job.bases * job.r, job.n]);
    await stackKernel.run(home, job, { theta, a, s });
    return s;
  },
  cpu: async (home: CpuHome, theta: Tensor, a: Tensor, shape: RandloraShape) => {
    const { r, n, bases, gamma_at: at } = layout(theta, a, shape);
    const s = home.tensor([bases * r, n]);
    const [x, fixed, out] = [cpuData(theta), cpuData(a), cpuData(s)];
    for (let row = 0; row < bases * r; row++) {
      const [j, i] = [Math.floor(row / r), row % r];
      for (let c = 0; c < n; c++) out[row * n + c] = x[row] * fixed[i * n + c] * x[at + j * n + c];
    }
    return s;
  },
  compare: (got, want) => entrywise(got, want, (i) => 3 * 2 ** -24 * Math.abs(cpuData(want)[i]) + 1e-37),
});

/** Writes dL/dlambda and dL/dgamma into `gradient` (laid out as theta) from T = B^T G, N r x n. */
export const randloraGradient = defineOperation({
  name: 'randloraGradient',
  gpu: async (home: GpuHome, t: Tensor, theta: Tensor, a: Tensor, gradient: Tensor, shape: RandloraShape) => {
    await gradientKernel.run(home, layout(theta, a, shape), { t, theta, a, gradient });
    return gradient;
  },
  cpu: async (
    _home: CpuHome,
    t: Tensor,
    theta: Tensor,
    a: Tensor,
    gradient: Tensor,
    shape: RandloraShape,
  ) => {
    gradients(cpuData(t), cpuData(theta), cpuData(a), layout(theta, a, shape), cpuData(gradient), (x) => x);
    return gradient;
  },
  /** k terms of three factors each, added in order: (k + 2) u of their sizes, k = max(n, r). */
  compare: (got, want, t, theta, a, gradient, shape) => {
    const sizes = cpuData(gradient).map(Math.abs);
    const { r, n, bases, gamma_at: at } = layout(theta, a, shape);
    gradients(cpuData(t), cpuData(theta), cpuData(a), { r, n, bases, gamma_at: at }, sizes, Math.abs);
    const unit = (Math.max(r, n) + 4) * 2 ** -24;
    return entrywise(got, want, (i) => unit * sizes[i] + 1e-37);
  },
});

/** Both sums; `size` turns every term into what is added. */
function gradients(
  t: ArrayLike<number>,
  x: ArrayLike<number>,
  a: ArrayLike<number>,
  { r, n, bases, gamma_at: at }: { r: number; n: number; bases: number; gamma_at: number },
  out: { [index: number]: number },
  size: (term: number) => number,
): void {
  for (let e = 0; e < bases * r; e++) out[e] = 0;
  for (let e = 0; e < bases * n; e++) out[at + e] = 0;
  for (let row = 0; row < bases * r; row++) {
    const [j, i] = [Math.floor(row / r), row % r];
    for (let c = 0; c < n; c++) {
      const term = t[row * n + c] * a[i * n + c];
      out[row] += size(term * x[at + j * n + c]);
      out[at + j * n + c] += size(term * x[row]);
    }
  }
}
