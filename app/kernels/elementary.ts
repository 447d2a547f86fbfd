/**
 * The functions that elementwise operations apply: float64 values, and how far float32 evaluation on the GPU
 * (shaders/lib/elementwise.wgsl) may be from them. u = 2^-24, an ulp at most 2u; the accuracies are those that
 * WGSL promises (WGSL 15.7.4): sums and products correctly rounded, a quotient 2.5 ulp, log 3 ulp or 2^-21 near
 * 1, exp2(v) 3 + 2 |v| ulp, sqrt as 1 / inverseSqrt 4.5 ulp.
 */
import { type ActivationFunction, activations } from '../math/activations';

const U = 2 ** -24;

/** In the order of their numbers in the shader; 'identity' is 0. */
export const FUNCTIONS = [
  'identity',
  'relu',
  'gelu',
  'silu',
  'tanh',
  'sigmoid',
  'exp',
  'softplus',
  'log',
  'sqrt',
  'abs',
  'neg',
  'square',
  'reciprocal',
  'sign',
  'add',
  'sub',
  'mul',
  'div',
  'max',
  'min',
  'pow',
  'where',
] as const;
type FunctionName = (typeof FUNCTIONS)[number];
export type BinaryFunction = 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min' | 'pow';
export type UnaryFunction = Exclude<FunctionName, BinaryFunction | 'where'>;

interface Elementary {
  value: (x: number, y: number, z: number) => number;
  /** Bound on |computed - exact|. */
  error: (x: number, y: number, z: number) => number;
  /** As the cost counts it. */
  flop: number;
}

const exact = (value: Elementary['value'], flop = 1): Elementary => ({ value, error: () => 0, flop });
/** Wrong by at most `units` of u, relatively. */
const relative = (units: number, value: Elementary['value'], flop = 1): Elementary => ({
  value,
  error: (x, y, z) => units * U * Math.abs(value(x, y, z)),
  flop,
});
const activation = ({ value, valueError }: ActivationFunction, flop: number): Elementary => ({
  value,
  error: valueError,
  flop,
});

/** log2 of |x| is wrong by 2^-21 near 1, else by 3 ulp; the product rounds, exp2 adds its own error. */
function powError(x: number, y: number): number {
  const value = Math.abs(x ** y);
  if (!Number.isFinite(value) || [0, 1, -1, 2, 0.5].includes(y) || x === 0) return 9 * U * value;
  const l = Math.log2(Math.abs(x));
  const logError = Math.abs(x) >= 0.5 && Math.abs(x) <= 2 ? 2 ** -21 : 6 * U * Math.abs(l);
  const argument = Math.LN2 * (Math.abs(y) * logError + U * Math.abs(y * l));
  return value * (1.01 * argument + 2 * U * (3 + 2 * Math.abs(y * l)));
}

export const elementary: Readonly<Record<FunctionName, Elementary>> = {
  identity: exact((x) => x, 0),
  relu: activation(activations.relu, 1),
  gelu: activation(activations.gelu, 12),
  silu: activation(activations.silu, 6),
  tanh: activation(activations.tanh, 15),
  sigmoid: activation(activations.sigmoid, 5),
  exp: activation(activations.exp, 1),
  softplus: activation(activations.softplus, 10),
  log: {
    value: Math.log,
    error: (x) => (x >= 0.5 && x <= 2 ? 2 ** -21 : 6 * U * Math.abs(Math.log(x))),
    flop: 1,
  },
  sqrt: relative(9, Math.sqrt),
  abs: exact(Math.abs),
  neg: exact((x) => -x),
  square: relative(1, (x) => x * x),
  reciprocal: relative(5, (x) => 1 / x),
  sign: exact((x) => Math.sign(x)),
  add: relative(1, (x, y) => x + y),
  sub: relative(1, (x, y) => x - y),
  mul: relative(1, (x, y) => x * y),
  div: relative(5, (x, y) => x / y),
  max: exact((x, y) => Math.max(x, y)),
  min: exact((x, y) => Math.min(x, y)),
  pow: { value: (x, y) => x ** y, error: powError, flop: 8 },
  where: exact((x, y, z) => (x !== 0 ? y : z)),
};
