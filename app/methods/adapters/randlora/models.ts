/**
 * The linear layer to be adapted and its two adapters. Inputs X, wanted change D (m x n), loss of a batch: mean over
 * rows of ||(dW - D) x||^2 / (m v), v = ||D||_F^2 / m, so G = dL/d(dW) = 2 / (batch m v) (dW - D) X^T X.
 */
import type { Home, Tensor } from '../../../gpu/home';
import { axpby } from '../../../kernels/elementwise';
import { matmul } from '../../../kernels/matmul';
import { adam, adamMoments } from '../../../kernels/optimizer';
import { randloraGradient, randloraStack } from '../../../kernels/randlora';
import { frobenius } from '../../../kernels/reduce';
import { columns, type Matrix, matmul as matmul64, matrix, norm, transpose } from '../../../math/linalg';
import { qr } from '../../../math/qr';
import { testMatrix } from '../../../math/spectra';
import { normals, permutation } from '../../../math/threefry';
import { loraStart } from '../../../testbeds/adapters';
import { parameterList } from '../../../testbeds/parameters';
import { ordered, slice } from '../../../testbeds/training';

export interface LinearTask {
  home: Home;
  /** The wanted change, float32 values. */
  wanted: Matrix;
  d: Tensor;
  /** Its singular values. */
  sigma: Float64Array;
  /** Training rows in batch order, the first batch - 1 again at the end. */
  inputs: Tensor;
  rows: number;
  batch: number;
}

export interface TaskOptions {
  seed: number;
  m: number;
  n: number;
  alpha: number;
  train: number;
  batch: number;
}

/** Streams 0, 1 the change, 2 the inputs, 3 their order; ||D||_F = sqrt(m). */
export function linearTask(home: Home, { seed, m, n, alpha, train, batch }: TaskOptions): LinearTask {
  const { a, sigma } = testMatrix(seed, { m, n, kind: 'power', alpha });
  const size = Math.sqrt(m) / norm(sigma);
  const wanted = matrix(
    m,
    n,
    a.data.map((x) => Math.fround(size * x)),
  );
  const x = matrix(train, n, normals(seed, 2, train * n));
  const inOrder = ordered(x, permutation(seed, 3, train), train + batch - 1);
  return {
    home,
    wanted,
    d: home.tensor([m, n], wanted.data),
    sigma: sigma.map((s) => size * s),
    inputs: home.tensor([inOrder.rows, n], inOrder.data),
    rows: train,
    batch,
  };
}

/** One way to write dW with few numbers. */
export interface LinearAdapter {
  /** dW, m x n. */
  change(): Promise<Tensor>;
  /** From G = dL/d(dW), one step of Adam. */
  learn(g: Tensor, step: number): Promise<void>;
  trained: number;
  /** What is trained. */
  parts: readonly Tensor[];
}

/** Fixed bases: the B_j (big x r, from stream 21) side by side, and A (r x small, stream 20). */
export interface Bases {
  b: Matrix;
  a: Matrix;
  /** N. */
  count: number;
  /** m < n: the update is transposed. */
  flipped: boolean;
}

export function randomBases(seed: number, m: number, n: number, r: number): Bases {
  const [big, small] = [Math.max(m, n), Math.min(m, n)];
  const count = Math.ceil(small / r);
  const a = matrix(
    r,
    small,
    normals(seed, 20, r * small).map((z) => z / Math.sqrt(r)),
  );
  const drawn = normals(seed, 21, count * big * r);
  const b = matrix(big, count * r);
  for (let j = 0; j < count; j++) {
    for (let row = 0; row < big; row++) {
      for (let i = 0; i < r; i++) {
        b.data[row * count * r + j * r + i] = drawn[(j * big + row) * r + i] / Math.sqrt(big);
      }
    }
  }
  return { b, a, count, flipped: m < n };
}

/** dW = B S (or its transpose), S from lambda = 1 / sqrt(N) and gamma = 0. */
export function randloraAdapter(home: Home, { b, a, count, flipped }: Bases, rate: number): LinearAdapter {
  const [r, small] = [a.rows, a.cols];
  const list = parameterList(home, [
    { shape: [count * r], values: new Float64Array(count * r).fill(1 / Math.sqrt(count)) },
    { shape: [count, small] },
  ]);
  const moments = adamMoments(list.theta);
  const [left, right] = [home.tensor([b.rows, b.cols], b.data), home.tensor([r, small], a.data)];
  const shape = { bases: count, gammaAt: list.offsets[1] };
  return {
    trained: list.count,
    parts: list.parts,
    async change() {
      const s = await randloraStack(list.theta, right, shape);
      return flipped ? matmul(s, left, { transposeA: true, transposeB: true }) : matmul(left, s);
    },
    async learn(g, step) {
      const t = await matmul(left, g, { transposeA: true, transposeB: flipped });
      await randloraGradient(t, list.theta, right, list.gradient, shape);
      await adam(list.theta, list.gradient, moments, { rate, step: step + 1 });
    },
  };
}

/** dW from stored [B_1 .. B_N side by side, A, lambda (N x r), gamma (N x small)]. */
export async function storedChange(
  [left, right, lambda, gamma]: readonly Tensor[],
  flipped: boolean,
): Promise<Tensor> {
  const { home } = left;
  const list = parameterList(home, [
    { shape: lambda.shape, values: await home.read(lambda) },
    { shape: gamma.shape, values: await home.read(gamma) },
  ]);
  const s = await randloraStack(list.theta, right, { bases: gamma.shape[0], gammaAt: list.offsets[1] });
  return flipped ? matmul(s, left, { transposeA: true, transposeB: true }) : matmul(left, s);
}

/** dW = B A, A (q x n, N(0, 1/n)) from stream 22 and B = 0. */
export function linearLora(
  home: Home,
  seed: number,
  [m, n, q]: readonly number[],
  rate: number,
): LinearAdapter {
  const list = parameterList(home, [
    { shape: [q, m] },
    { shape: [q, n], values: loraStart(seed, 22, q, n).data },
  ]);
  const moments = adamMoments(list.theta);
  const [[bt, a], [dbt, da]] = [list.parts, list.gradients];
  return {
    trained: list.count,
    parts: list.parts,
    change: () => matmul(bt, a, { transposeA: true }),
    async learn(g, step) {
      await matmul(a, g, { transposeB: true, into: dbt });
      await matmul(bt, g, { into: da });
      await adam(list.theta, list.gradient, moments, { rate, step: step + 1 });
    },
  };
}

/** One step of all adapters on the same batch. X^T X is shared where it is the cheaper way round. */
export async function linearStep(
  task: LinearTask,
  adapters: readonly LinearAdapter[],
  step: number,
): Promise<void> {
  const { home, batch, d, inputs, wanted } = task;
  const factor = 2 / (batch * norm(wanted.data) ** 2);
  await home.scope(async () => {
    const x = await slice(home, inputs, (step * batch) % task.rows, batch);
    const second = batch >= wanted.cols ? await matmul(x, x, { transposeA: true, alpha: factor }) : null;
    for (const adapter of adapters) {
      const rest = await axpby(1, await adapter.change(), -1, d);
      const g = second
        ? await matmul(rest, second)
        : await matmul(await matmul(x, rest, { transposeB: true }), x, { transposeA: true, alpha: factor });
      await adapter.learn(g, step);
    }
  });
}

/** ||dW - D||_F / ||D||_F. */
export function linearError(
  { home, d, wanted }: LinearTask,
  adapter: Pick<LinearAdapter, 'change'>,
): Promise<number> {
  return home.scope(
    async () => (await frobenius(await axpby(1, await adapter.change(), -1, d))) / norm(wanted.data),
  );
}

/** Above this many operations the least-squares floor is left out. */
export const FLOOR_LIMIT = 1e11;

export const floorFlop = ({ b, a, count }: Bases): number => 2 * b.rows * a.cols * count ** 2;

/**
 * The best fit of D over gamma with lambda = 1 / sqrt(N): column c of the update is a combination of the N vectors
 * B_j A_:c, so each column is a least-squares problem of big x N, solved by QR in float64.
 */
export function leastSquaresError({ b, a, count, flipped }: Bases, wanted: Matrix): number {
  const d = flipped ? transpose(wanted) : wanted;
  const [big, small, r] = [b.rows, a.cols, a.rows];
  let sum = 0;
  for (let c = 0; c < small; c++) {
    const span = matrix(big, count);
    for (let row = 0; row < big; row++) {
      for (let j = 0; j < count; j++) {
        let entry = 0;
        for (let i = 0; i < r; i++) entry += b.data[row * b.cols + j * r + i] * a.data[i * small + c];
        span.data[row * count + j] = entry;
      }
    }
    const { q } = qr(span);
    const column = columns(d, c, c + 1);
    const inside = matmul64(q, matmul64(q, column, { transposeA: true }));
    sum += norm(column.data.map((x, i) => x - inside.data[i])) ** 2;
  }
  return Math.sqrt(sum) / norm(d.data);
}
