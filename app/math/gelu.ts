/**
 * GELU in its tanh form, x (1 + tanh u) / 2 with u = sqrt(2 / pi) (x + 0.044715 x^3), written as x s with
 * s = 1 / (1 + exp(-2u)), which is the same and does not cancel (Hendrycks and Gimpel 2016). The exp is that
 * of fdlibm.ts, so that training data are the same bit for bit on every machine.
 */
import { exp } from './fdlibm';

const SLOPE = Math.sqrt(2 / Math.PI);
const CUBE = 0.044715;

/** The argument u of the tanh. */
export const geluArgument = (x: number): number => SLOPE * (x + CUBE * x * x * x);

/** s = 1 / (1 + exp(-2u)): the share of x that passes. */
export const geluGate = (x: number): number => 1 / (1 + exp(-2 * geluArgument(x)));

export const gelu = (x: number): number => x * geluGate(x);

/** Derivative: s + 2 x u' s (1 - s). */
export function geluSlope(x: number): number {
  const e = exp(-2 * geluArgument(x));
  const s = 1 / (1 + e);
  // 1 - s as e / (1 + e), which keeps its digits where s is near one; e overflows only where s is zero.
  const rest = s === 0 ? 1 : e * s;
  return s + 2 * x * SLOPE * (1 + 3 * CUBE * x * x) * s * rest;
}
