/**
 * The sequence testbed: one long signal and the memory that the states of a linear system keep of it. A method
 * gives states; the bed fits linear readouts that recall the input of some steps ago, and measures them on
 * steps that were not fitted.
 */
import type { Home, Tensor } from '../gpu/home';
import { colsOf, rowsOf, sizeOf } from '../gpu/home';
import { matmul } from '../kernels/matmul';
import { lagged } from '../kernels/recurrence';
import { norms } from '../kernels/reduce';
import { rows } from '../kernels/slice';
import { transpose } from '../kernels/transpose';
import { cholesky, solveTriangular } from '../math/cholesky';
import { UserError } from '../math/errors';
import { type Matrix, matrix } from '../math/linalg';
import { solveLinear } from '../math/lu';
import { normals } from '../math/threefry';

/** y_k = s y_{k-1} + (1 - s) x_k twice, from zero, divided by the standard deviation (its mean stays). */
export function smoothed(noise: Float64Array, smooth: number): Float32Array {
  const y = noise.slice();
  for (let pass = 0; pass < 2; pass++) {
    let before = 0;
    for (let k = 0; k < y.length; k++) {
      before = smooth * before + (1 - smooth) * y[k];
      y[k] = before;
    }
  }
  return Float32Array.from(overDeviation(y));
}

function overDeviation(y: Float64Array): Float64Array {
  let mean = 0;
  for (const value of y) mean += value / y.length;
  let square = 0;
  for (const value of y) square += (value - mean) ** 2 / y.length;
  const deviation = Math.sqrt(square);
  return y.map((value) => value / deviation);
}

export interface Signal {
  values: Float32Array;
  /** Said to the person where the signal is their own. */
  notes: string[];
}

export interface SignalRecipe {
  seed: number;
  stream: number;
  /** Samples. */
  signal: number;
  smooth: number;
}

interface OwnData {
  rows: number;
  cols: number;
  values: ArrayLike<number>;
  name: string;
  note?: string;
}

const FEWEST = 256;

/** The person's first `signal` samples over their standard deviation, or low-passed Gaussian noise. */
export function signalOf(data: OwnData | null, { seed, stream, signal, smooth }: SignalRecipe): Signal {
  if (!data) return { values: smoothed(normals(seed, stream, signal), smooth), notes: [] };
  checkSignal(data);
  const found = data.values.length;
  const taken = Float64Array.from({ length: Math.min(found, signal) }, (_, i) => data.values[i]);
  const values = Float32Array.from(overDeviation(taken));
  if (!values.every(Number.isFinite)) {
    throw new UserError(
      `${data.name} is constant over its first ${taken.length} samples: choose another signal`,
    );
  }
  const notes = [`Your signal: ${taken.length} of ${found} samples, divided by their standard deviation.`];
  if (data.note) notes.push(data.note);
  return { values, notes };
}

/** Refuses what is no signal: more than one column and row, or too few samples. */
export function checkSignal({ rows, cols, name }: { rows: number; cols: number; name?: string }): void {
  const what = name ?? 'the data';
  if (rows !== 1 && cols !== 1) {
    throw new UserError(
      `${what} is ${rows} x ${cols}, not a signal: choose one column or one row of samples`,
    );
  }
  if (rows * cols < FEWEST) {
    throw new UserError(`${what} has ${rows * cols} samples: choose a signal of ${FEWEST} or more`);
  }
}

/** Samples that a run takes: `signal`, or fewer where the person's own data is shorter. */
export const samplesOf = (signal: number, data: { rows: number; cols: number } | null): number =>
  data ? Math.min(signal, data.rows * data.cols) : signal;

export interface MemoryPlan {
  /** 0, delayStep, ... up to maxDelay. */
  delays: number[];
  /** First step that is fitted, first that is tested, and the end. */
  first: number;
  middle: number;
  end: number;
}

export function memoryPlan(samples: number, maxDelay: number, delayStep: number): MemoryPlan {
  const delays = Array.from({ length: Math.floor(maxDelay / delayStep) + 1 }, (_, i) => i * delayStep);
  const first = delays[delays.length - 1];
  return { delays, first, middle: first + Math.floor((samples - first) / 2), end: samples };
}

export interface Recall {
  /** Squared error over squared target on the tested steps, one for each delay. */
  errors: number[];
  mean: number;
}

/** Delays that are read out at a time. */
const AT_ONCE = 64;

/**
 * How well linear readouts of the states recall u_(k - delay). Features are divided by their root mean square
 * over all steps (one that is zero throughout stays zero); w solves (G + ridge I) w = b in float64 with
 * G = X^T X / rows and b = X^T target / rows over the fitted steps. The error is that of the prediction itself.
 *
 * @param states steps x features @param u steps x 1 @param ridge > 0
 */
export async function recall(
  states: Tensor,
  u: Tensor,
  values: ArrayLike<number>,
  plan: MemoryPlan,
  ridge: number,
): Promise<Recall> {
  const { home } = states;
  const { delays, first, middle, end } = plan;
  return home.scope(async () => {
    const features = colsOf(states);
    const scale = await inverseRms(states);
    const fitted = await rows(states, first, middle);
    const tested = await rows(states, middle, end);
    const count = middle - first;
    const gram = await matmul(fitted, fitted, { transposeA: true });
    const g = scaled(await home.read(gram), features, scale, count);
    for (let i = 0; i < features; i++) g.data[i * (features + 1)] += ridge;
    const factor = cholesky(g);
    const errors: number[] = [];
    for (let from = 0; from < delays.length; from += AT_ONCE) {
      const block = delays.slice(from, from + AT_ONCE);
      const step = block.length > 1 ? block[1] - block[0] : 1;
      const target = await lagged(u, {
        rows: count,
        cols: block.length,
        start: first,
        lag: block[0],
        lagStep: step,
      });
      const right = await home.read(await matmul(fitted, target, { transposeA: true }));
      const b = matrix(features, block.length, Float64Array.from(right));
      for (let i = 0; i < b.data.length; i++) b.data[i] *= scale[Math.floor(i / block.length)] / count;
      const w = solve(g, factor, b);
      for (let i = 0; i < w.data.length; i++) w.data[i] *= scale[Math.floor(i / block.length)];
      const weights = home.tensor([features, block.length], w.data);
      const got = await home.read(await matmul(weights, tested, { transposeA: true, transposeB: true }));
      errors.push(
        ...block.map((delay, j) =>
          relativeSquare(got, j * (end - middle), values, middle - delay, end - middle),
        ),
      );
    }
    return { errors, mean: errors.reduce((a, b) => a + b, 0) / errors.length };
  });
}

function solve(g: Matrix, factor: ReturnType<typeof cholesky>, b: Matrix): Matrix {
  // float32 noise in G can outweigh a tiny ridge; the system is then still solved, as it is.
  if (!factor.ok) return solveLinear(g, b);
  return solveTriangular(factor.r, solveTriangular(factor.r, b, { transpose: true }));
}

/** 1 / root mean square of every column; 1 for a column of zeros. */
async function inverseRms(states: Tensor): Promise<Float64Array> {
  const { home } = states;
  const [steps, features] = [rowsOf(states), colsOf(states)];
  const lines = home.reshape(await transpose(states), [features, 1, steps]);
  const lengths = await norms(lines);
  return Float64Array.from(lengths, (length) => (length > 0 ? Math.sqrt(steps) / length : 1));
}

function scaled(gram: ArrayLike<number>, n: number, scale: Float64Array, count: number): Matrix {
  const g = matrix(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      // The product is symmetric but for its rounding.
      const mean = (gram[i * n + j] + gram[j * n + i]) / 2;
      g.data[i * n + j] = (mean * scale[i] * scale[j]) / count;
    }
  }
  return g;
}

function relativeSquare(
  got: ArrayLike<number>,
  atGot: number,
  want: ArrayLike<number>,
  atWant: number,
  count: number,
): number {
  let [error, size] = [0, 0];
  for (let i = 0; i < count; i++) {
    error += (got[atGot + i] - want[atWant + i]) ** 2;
    size += want[atWant + i] ** 2;
  }
  return error / size;
}

/** ||got - want|| / ||want|| in float64; `limit` caps it, also where it is not finite. */
export function relativeError(got: ArrayLike<number>, want: ArrayLike<number>, limit = Infinity): number {
  const { length } = want;
  const error = Math.sqrt(relativeSquare(got, 0, want, 0, length));
  return error <= limit ? error : Number.isNaN(error) && limit === Infinity ? error : limit;
}

/** A row of numbers as plain numbers. */
export async function readRow(tensor: Tensor): Promise<Float64Array> {
  return Float64Array.from(await tensor.home.read(tensor));
}

/** A signal on the device, steps x 1. */
export const deviceSignal = (home: Home, values: ArrayLike<number>): Tensor =>
  home.tensor([values.length, 1], values);

/** A signal of a few numbers over and over: enough for the clock, which does not see them. */
export function anySignal(length: number): Float32Array {
  const few = normals(0, 0, 1021); // a prime, so that it has no short period
  return Float32Array.from({ length }, (_, i) => few[i % 1021]);
}

/** For a heatmap: every stride-th row of a steps x n matrix, turned so that time runs along the columns. */
export async function thinned(
  states: Tensor,
  most = 512,
): Promise<{ values: Float32Array; cols: number; stride: number }> {
  const [steps, n] = [rowsOf(states), colsOf(states)];
  const stride = Math.ceil(steps / most);
  const cols = Math.ceil(steps / stride);
  const all = await states.home.read(states);
  const values = new Float32Array(n * cols);
  for (let j = 0; j < cols; j++) {
    for (let i = 0; i < n; i++) values[i * cols + j] = all[j * stride * n + i];
  }
  if (sizeOf(states.shape) !== all.length) throw new Error('thinned: states are real');
  return { values, cols, stride };
}
