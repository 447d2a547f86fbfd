/**
 * Activation functions, their slopes, and how far float32 evaluation on the GPU (shaders/lib/activation.wgsl)
 * may be from them. u = 2^-24; WGSL promises exp(y) within (3 + 2 |y|) ulp, a quotient within 2.5 ulp, a
 * logarithm in [1, 2] within 2^-21, and rounds sums and products correctly (WGSL 15.7.4).
 */

const U = 2 ** -24;

export const ACTIVATIONS = [
  'identity',
  'relu',
  'gelu',
  'silu',
  'tanh',
  'sigmoid',
  'exp',
  'softplus',
] as const;
export type Activation = (typeof ACTIVATIONS)[number];

export interface ActivationFunction {
  value: (x: number) => number;
  slope: (x: number) => number;
  /** Bounds on |computed - exact| at a float32 x. */
  valueError: (x: number) => number;
  slopeError: (x: number) => number;
  /** Bound on |slope| between x - d and x + d. */
  steepest: (x: number, d: number) => number;
}

export const sigmoid = (y: number): number => 1 / (1 + Math.exp(-y));
/** sigmoid' = s (1 - s), without cancellation. */
const bell = (y: number): number => {
  const e = Math.exp(-Math.abs(y));
  return e / (1 + e) ** 2;
};

/** Relative error of exp(y). */
const expError = (y: number): number => 2 * U * (3 + 2 * Math.abs(y));
/** d s = s (1 - s) (d e / e), then a sum and a quotient; `argument`: relative error of y in units of u. */
const sigmoidError = (y: number, argument = 0): number =>
  bell(y) * (expError(y) + argument * U * Math.abs(y)) + 7 * U * sigmoid(y);
const bellError = (y: number, argument = 0): number =>
  bell(y) * (expError(y) + argument * U * Math.abs(y) + 9 * U);

/** gelu(x) = x (1 + tanh(q)) / 2 = x sigmoid(2q), q = sqrt(2 / pi) (x + 0.044715 x^3): 2q and its slope. */
const GELU = 2 * Math.sqrt(2 / Math.PI);
const twoQ = (x: number): number => GELU * (x + 0.044715 * x ** 3);
const twoQSlope = (x: number): number => GELU * (1 + 3 * 0.044715 * x ** 2);
const clip = (x: number, limit: number): number => Math.max(-limit, Math.min(limit, x));

export const activations: Readonly<Record<Activation, ActivationFunction>> = {
  identity: {
    value: (x) => x,
    slope: () => 1,
    valueError: () => 0,
    slopeError: () => 0,
    steepest: () => 1,
  },
  relu: {
    value: (x) => Math.max(x, 0),
    slope: (x) => (x > 0 ? 1 : 0),
    valueError: () => 0,
    slopeError: () => 0,
    steepest: () => 1,
  },
  gelu: {
    value: (x) => x * sigmoid(twoQ(clip(x, 20))),
    slope: (x) => {
      const y = clip(x, 20);
      return sigmoid(twoQ(y)) + y * bell(twoQ(y)) * twoQSlope(y);
    },
    valueError: (x) => Math.abs(x) * (sigmoidError(twoQ(clip(x, 20)), 8) + U),
    slopeError: (x) => {
      const y = clip(x, 20);
      const second = Math.abs(y) * twoQSlope(y);
      return sigmoidError(twoQ(y), 8) + second * (bellError(twoQ(y), 8) + 8 * U * bell(twoQ(y))) + 2 * U;
    },
    steepest: () => 1.13,
  },
  silu: {
    value: (x) => x * sigmoid(x),
    slope: (x) => sigmoid(x) + x * bell(x),
    valueError: (x) => Math.abs(x) * (sigmoidError(x) + U),
    slopeError: (x) => sigmoidError(x) + Math.abs(x) * (bellError(x) + U * bell(x)) + 2 * U,
    steepest: () => 1.1,
  },
  tanh: {
    value: Math.tanh,
    slope: (x) => 4 * bell(2 * x),
    valueError: (x) =>
      Math.abs(x) < 0.626
        ? 8 * U * Math.abs(Math.tanh(x))
        : 2 * bell(2 * x) * expError(2 * x) + 7 * U * Math.abs(Math.tanh(x)),
    slopeError: (x) => 4 * bellError(2 * x),
    steepest: () => 1,
  },
  sigmoid: {
    value: sigmoid,
    slope: bell,
    valueError: (x) => sigmoidError(x),
    slopeError: (x) => bellError(x),
    steepest: () => 0.25,
  },
  exp: {
    value: Math.exp,
    slope: Math.exp,
    valueError: (x) => Math.exp(x) * expError(x),
    slopeError: (x) => Math.exp(x) * expError(x),
    steepest: (x, d) => Math.exp(x + d),
  },
  softplus: {
    value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    slope: sigmoid,
    valueError: (x) => {
      const e = Math.exp(-Math.abs(x));
      return e * (expError(x) + 8 * U) + (e > 0.0156 ? 2 ** -21 : 0) + 2 * U * Math.max(x, 0);
    },
    slopeError: (x) => sigmoidError(x),
    steepest: () => 1,
  },
};
