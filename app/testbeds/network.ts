/**
 * The network testbed (adapt, pretrain, compress): a small network of linear layers without bias and GELU
 * between, weights with a power-law spectrum, inputs with decaying covariance, and a target network whose
 * weights differ by a change of known kind. Everything is drawn in float64 and rounded to float32 once.
 *
 * Layer l maps widths[l] to widths[l + 1]: z = x W^T, W out x in. Streams: 2l, 2l + 1 the factors U, V of
 * W_l; 6 + 2l, 7 + 2l the factors B, A of its change; 12 training inputs; 13 evaluation inputs; 14 label
 * noise; 15 the order of the training rows. A method's own arrays start at 20.
 */
import { UserError } from '../math/errors';
import { exp, log } from '../math/fdlibm';
import { gelu } from '../math/gelu';
import { compose, type Matrix, matmul, matrix, norm } from '../math/linalg';
import { testMatrix } from '../math/spectra';
import { normals, permutation } from '../math/threefry';

export const WIDTHS: readonly number[] = [64, 128, 128, 32];
export const TRAIN_ROWS = 4096;
export const EVAL_ROWS = 1024;
/** ||W||_F^2 = GAIN^2 out: GELU roughly halves the variance, so that activations keep their size. */
const GAIN = 1.4;

export interface NetworkRecipe {
  seed: number;
  /** Inputs, hidden widths, outputs. */
  widths: readonly number[];
  /** Power-law exponent of the singular values of every W_l. */
  alpha: number;
  /** Power-law exponent of the input covariance; 0 is white. */
  correlation: number;
  /** ||W* - W||_F / ||W||_F of every layer. */
  shift: number;
  targetRank: number;
  /** Standard deviation of the label noise over that of the training targets. */
  noise: number;
  /** `lowrank` (default): B A of rank targetRank. `rescale`: every singular value of W_l gets a new strength. */
  change?: 'lowrank' | 'rescale';
}

/** Float64 arrays that hold float32 values, so that both homes and the host see the same numbers. */
export interface NetworkData {
  widths: readonly number[];
  /** W_l, out x in. */
  weights: readonly Matrix[];
  /** W_l + change. */
  targetWeights: readonly Matrix[];
  /** TRAIN_ROWS x in, in their own order. */
  trainInputs: Matrix;
  trainTargets: Matrix;
  evalInputs: Matrix;
  evalTargets: Matrix;
  /** Mean square of the evaluation targets: a loss of 1 is as bad as predicting zero. */
  scale: number;
  /** The order in which training rows are taken. */
  order: Uint32Array;
}

/** The recipe's network and data. About 0.4 s at the default widths. */
export function networkData(recipe: NetworkRecipe): NetworkData {
  const { seed, widths, shift, noise } = recipe;
  const layers = widths.length - 1;
  if (layers < 1) throw new RangeError(`networkData: ${widths.length} widths make no layer`);
  if (shift > 0 && layers > 3) {
    // The change of layer l is on streams 6 + 2l, which are those of W_(l + 3).
    throw new UserError(`shift ${shift} with ${layers} layers: a change is only defined for up to 3 layers`);
  }
  const drawn = Array.from({ length: layers }, (_, l) => drawLayer(recipe, l));
  const exact = drawn.map(({ weight }) => weight);
  const targets = drawn.map((layer, l) => (shift === 0 ? layer.weight : changed(recipe, layer, l)));
  const trainInputs = inputs(recipe, 12, TRAIN_ROWS);
  const evalInputs = inputs(recipe, 13, EVAL_ROWS);
  const trainTargets = outputs(targets, trainInputs);
  const evalTargets = outputs(targets, evalInputs);
  if (noise > 0) addNoise(trainTargets.data, seed, noise);
  return {
    widths,
    weights: exact.map(rounded),
    targetWeights: targets.map(rounded),
    trainInputs: rounded(trainInputs),
    trainTargets: rounded(trainTargets),
    evalInputs: rounded(evalInputs),
    evalTargets: rounded(evalTargets),
    scale: norm(evalTargets.data) ** 2 / evalTargets.data.length,
    order: permutation(seed, 15, TRAIN_ROWS),
  };
}

const rounded = (a: Matrix): Matrix => matrix(a.rows, a.cols, a.data.map(Math.fround));

interface DrawnLayer {
  weight: Matrix;
  u: Matrix;
  sigma: Float64Array;
  v: Matrix;
}

/** W = g U diag((i + 1)^-alpha) V^T with ||W||_F^2 = GAIN^2 out. */
function drawLayer({ seed, widths, alpha }: NetworkRecipe, l: number): DrawnLayer {
  const [n, m] = [widths[l], widths[l + 1]];
  const { u, sigma, v } = testMatrix(seed, { m, n, kind: 'power', alpha }, [2 * l, 2 * l + 1]);
  const gain = (GAIN * Math.sqrt(m)) / norm(sigma);
  const scaled = sigma.map((s) => gain * s);
  return { weight: compose(u, scaled, v), u, sigma: scaled, v };
}

/** W + shift (||W|| / ||D||) D. */
function changed(recipe: NetworkRecipe, { weight, u, sigma, v }: DrawnLayer, l: number): Matrix {
  const { seed, shift, targetRank: r } = recipe;
  const { rows: m, cols: n } = weight;
  let change: Matrix;
  if (recipe.change === 'rescale') {
    const z = normals(seed, 6 + 2 * l, sigma.length);
    change = compose(
      u,
      sigma.map((s, i) => s * z[i]),
      v,
    );
  } else {
    const b = matrix(m, r, normals(seed, 6 + 2 * l, m * r));
    change = matmul(b, matrix(r, n, normals(seed, 7 + 2 * l, r * n)));
  }
  const size = (shift * norm(weight.data)) / norm(change.data);
  return matrix(
    m,
    n,
    weight.data.map((w, i) => w + size * change.data[i]),
  );
}

/** Rows z sqrt(lambda), lambda_i proportional to (i + 1)^-correlation with mean 1. */
function inputs({ seed, widths, correlation }: NetworkRecipe, stream: number, rows: number): Matrix {
  const n = widths[0];
  const lambda = Float64Array.from({ length: n }, (_, i) => exp(-correlation * log(i + 1)));
  const mean = lambda.reduce((sum, value) => sum + value, 0) / n;
  const root = lambda.map((value) => Math.sqrt(value / mean));
  const x = matrix(rows, n, normals(seed, stream, rows * n));
  for (let i = 0; i < x.data.length; i++) x.data[i] *= root[i % n];
  return x;
}

/** The network's outputs for every row of x, in float64. */
export function outputs(weights: readonly Matrix[], x: Matrix): Matrix {
  let h = x;
  weights.forEach((w, l) => {
    const z = matmul(h, w, { transposeB: true });
    h = l < weights.length - 1 ? matrix(z.rows, z.cols, z.data.map(gelu)) : z;
  });
  return h;
}

/** Gaussian noise with `share` of the standard deviation of all entries. */
function addNoise(y: Float64Array, seed: number, share: number): void {
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const deviation = Math.sqrt(y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / y.length);
  const z = normals(seed, 14, y.length);
  for (let i = 0; i < y.length; i++) y[i] += share * deviation * z[i];
}

/** Names a recipe in cache keys. */
export const recipeKey = (r: NetworkRecipe): string =>
  `network ${[r.seed, r.widths.join('-'), r.alpha, r.correlation, r.shift, r.targetRank, r.noise, r.change ?? 'lowrank'].join(' ')}`;
