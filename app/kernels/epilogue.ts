/**
 * What a matrix product does with its sums before it stores them, so that a layer costs one dispatch:
 *   Z = alpha op(A) op(B) + beta C + scale U V + bias        C = f(Z) + residual     or     Z f'(at)
 */
import { cpuData } from '../gpu/cpuhome';
import { batchOf, colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { type Activation, activations } from '../math/activations';
import { UserError } from '../math/errors';
import { addProduct } from '../math/gemm';
import type { GemmEnd } from './gemm';

export interface Epilogue {
  /** n entries, one a column, added to every row. */
  bias?: Tensor;
  /** f; default: identity. */
  activation?: Activation;
  /** Of C's shape, added after the activation. */
  residual?: Tensor;
  /** A low-rank update: U m x r, V r x n (n x r with `transposeV`); 2-D ones serve a whole batch. */
  lowRank?: { u: Tensor; v: Tensor; transposeV?: boolean; scale?: number };
  /** Of C's shape; receives Z, which the backward step needs. */
  preActivation?: Tensor;
  /** The backward step: C = Z f'(at), where `at` (of C's shape) is the forward step's Z. */
  gradient?: { activation: Activation; at: Tensor };
}

export interface ProductShape {
  m: number;
  n: number;
  batch: number;
  shape: readonly number[];
}

/** @throws UserError where a part does not fit C, or parts exclude each other. */
export function checkEpilogue({ m, n, batch, shape }: ProductShape, epilogue: Epilogue, into?: Tensor): void {
  const { bias, activation, residual, lowRank, preActivation, gradient } = epilogue;
  const name = (t: Tensor): string => shapeText(t);
  for (const t of [bias, residual, lowRank?.u, lowRank?.v, preActivation, gradient?.at, into]) {
    if (t?.dtype === 'f16')
      throw new UserError(`matmul: only its operands may be float16, not the ${name(t)} epilogue`);
  }
  if (bias && sizeOf(bias.shape) !== n) {
    throw new UserError(`matmul: a bias of ${sizeOf(bias.shape)} entries for a product with ${n} columns`);
  }
  for (const [part, t] of Object.entries({ residual, preActivation, at: gradient?.at })) {
    if (t && t.shape.join() !== shape.join()) {
      throw new UserError(`matmul: the product is ${shape.join(' x ')}, but ${part} is ${name(t)}`);
    }
  }
  if (into && [bias, residual, preActivation, gradient?.at, lowRank?.u, lowRank?.v].includes(into)) {
    throw new UserError('matmul: `into` cannot be a part of its own epilogue; leave it out for a new tensor');
  }
  if (lowRank) {
    const { u, v, transposeV } = lowRank;
    const [inner, cols] = transposeV ? [colsOf(v), rowsOf(v)] : [rowsOf(v), colsOf(v)];
    const fits = (t: Tensor): boolean => batchOf(t) === batch || batchOf(t) === 1;
    if (rowsOf(u) !== m || cols !== n || inner !== colsOf(u) || !fits(u) || !fits(v)) {
      throw new UserError(
        `matmul: ${name(u)} times ${name(v)}${transposeV ? ' (transposed)' : ''} does not update a product ` +
          shape.join(' x '),
      );
    }
  }
  if (gradient && (activation || residual)) {
    throw new UserError('matmul: a gradient goes with neither an activation nor a residual');
  }
}

/** The tensors and flags of the kernels, and their parameters. */
export function gemmEnd(epilogue: Epilogue): {
  end: GemmEnd;
  params: Record<'rank' | 'u_batch' | 'v_row' | 'v_col' | 'v_batch' | 'gamma', number>;
} {
  const { bias, activation = 'identity', residual, lowRank, preActivation, gradient } = epilogue;
  const end: GemmEnd = {
    activation: gradient?.activation ?? activation,
    bias,
    other: gradient?.at ?? residual,
    slope: !!gradient,
    u: lowRank?.u,
    v: lowRank?.v,
    saved: preActivation,
  };
  if (!lowRank) return { end, params: { rank: 0, u_batch: 0, v_row: 0, v_col: 0, v_batch: 0, gamma: 0 } };
  const { u, v, transposeV, scale = 1 } = lowRank;
  const params = {
    rank: colsOf(u),
    u_batch: batchOf(u) === 1 ? 0 : rowsOf(u) * colsOf(u),
    v_row: transposeV ? 1 : colsOf(v),
    v_col: transposeV ? colsOf(v) : 1,
    v_batch: batchOf(v) === 1 ? 0 : rowsOf(v) * colsOf(v),
    gamma: scale,
  };
  return { end, params };
}

/** scale (U V)_ij of one batch entry in float64, and the same of absolute values. */
function lowRankEntry(
  { u, v, transposeV, scale = 1 }: NonNullable<Epilogue['lowRank']>,
  item: number,
  row: number,
  col: number,
): { value: number; absolute: number } {
  const r = colsOf(u);
  const n = transposeV ? rowsOf(v) : colsOf(v);
  const atU = (batchOf(u) === 1 ? 0 : item * rowsOf(u) * r) + row * r;
  const atV = batchOf(v) === 1 ? 0 : item * r * n;
  const [x, y] = [cpuData(u), cpuData(v)];
  let [value, absolute] = [0, 0];
  for (let t = 0; t < r; t++) {
    const term = scale * x[atU + t] * y[atV + (transposeV ? col * r + t : t * n + col)];
    value += term;
    absolute += Math.abs(term);
  }
  return { value, absolute };
}

/**
 * Float64: turns entry `index` of alpha op(A) op(B) + beta C into the entry of C, and says how far float32 may
 * be off when the sum is off by `sumError`: the error of Z through the steepest slope of f, plus the
 * evaluation of f, plus a rounding for every addition.
 */
export function finishEntry(
  { m, n }: ProductShape,
  epilogue: Epilogue,
  index: number,
  sum: number,
  sumError: number,
): { z: number; value: number; error: number } {
  const U = 2 ** -24;
  const { bias, residual, lowRank, gradient } = epilogue;
  const col = index % n;
  let z = sum;
  let error = sumError;
  if (lowRank) {
    const row = Math.floor(index / n) % m;
    const { value, absolute } = lowRankEntry(lowRank, Math.floor(index / (m * n)), row, col);
    z += value;
    error += (colsOf(lowRank.u) + 3) * U * absolute + U * Math.abs(sum);
  }
  if (bias) {
    z += cpuData(bias)[col];
    error += U * Math.abs(z);
  }
  if (gradient) {
    const { slope, slopeError } = activations[gradient.activation];
    const at = cpuData(gradient.at)[index];
    const value = z * slope(at);
    error = error * (Math.abs(slope(at)) + slopeError(at)) + Math.abs(z) * slopeError(at);
    return { z, value, error: error + U * Math.abs(value) };
  }
  const f = activations[epilogue.activation ?? 'identity'];
  let value = f.value(z);
  error = error * f.steepest(z, error) + f.valueError(z);
  if (residual) {
    value += cpuData(residual)[index];
    error += U * Math.abs(value);
  }
  return { z, value, error };
}

/** Float64: turns the sums of batch entry `item`, which begin at `at` in `c`, into entries of C, all at once. */
export function finishSums(
  { m, n }: ProductShape,
  epilogue: Epilogue,
  item: number,
  c: Float64Array,
  at: number,
): void {
  const { bias, activation = 'identity', residual, lowRank, preActivation, gradient } = epilogue;
  if (lowRank) {
    const { u, v, transposeV, scale = 1 } = lowRank;
    const r = colsOf(u);
    const left = { data: reals(u), offset: batchOf(u) === 1 ? 0 : item * m * r, rowStride: r, colStride: 1 };
    const [rowStride, colStride] = transposeV ? [1, r] : [n, 1];
    const right = { data: reals(v), offset: batchOf(v) === 1 ? 0 : item * r * n, rowStride, colStride };
    addProduct(m, n, r, scale, left, right, c, at, n);
  }
  const end = at + m * n;
  if (bias) {
    const b = reals(bias);
    for (let i = at; i < end; i++) c[i] += b[(i - at) % n];
  }
  if (preActivation) reals(preActivation).set(c.subarray(at, end), at);
  if (gradient) {
    const { slope } = activations[gradient.activation];
    const x = reals(gradient.at);
    for (let i = at; i < end; i++) c[i] *= slope(x[i]);
    return;
  }
  if (activation !== 'identity') {
    const { value } = activations[activation];
    for (let i = at; i < end; i++) c[i] = value(c[i]);
  }
  if (residual) {
    const more = reals(residual);
    for (let i = at; i < end; i++) c[i] += more[i];
  }
}

function reals(t: Tensor): Float64Array {
  const data = cpuData(t);
  if (!(data instanceof Float64Array)) throw new Error(`matmul: ${shapeText(t)} holds integers`);
  return data;
}
