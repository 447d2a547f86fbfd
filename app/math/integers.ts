/** Small functions on integers and rounding that grids, tiles and codecs share. */

/** The least integer not below a / b, for a >= 0 and b > 0. */
export function ceilDiv(a: number, b: number): number {
  return Math.ceil(a / b);
}

/** The least power of two not below n; 1 for n <= 1. For n <= 2^52. */
export function nextPowerOfTwo(n: number): number {
  let power = 1;
  while (power < n) power *= 2;
  return power;
}

/** Rounds to the nearest integer, ties to the even one, as Python and NumPy do and Math.round does not. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const fraction = x - below; // exact: below |x| = 2^52 by Sterbenz, above it zero
  if (fraction !== 0.5) return fraction < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** x, or the nearer end of [low, high]. NaN stays NaN. */
export function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}
