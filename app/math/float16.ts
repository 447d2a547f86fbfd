/**
 * IEEE half precision (1 sign, 5 exponent, 10 fraction bits) and bfloat16 (the upper half of a float32).
 * Rounding is to nearest, ties to even, by integer operations, because WGSL leaves the rounding of its own
 * f32-to-f16 conversion open and JavaScript engines of today have no Float16Array everywhere.
 */

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);
const single = new Float32Array(1);
const word = new Uint32Array(single.buffer);
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0; // the byte order of this machine

/**
 * The half nearest to x, as 16 bits. The double is rounded once, straight to half. |x| >= 65520 becomes
 * infinity, |x| <= 2^-25 zero with its sign; every NaN becomes 0x7e00 with its sign.
 */
export function toFloat16(x: number): number {
  double[0] = x;
  const high = halves[HIGH];
  const sign = (high >>> 16) & 0x8000;
  const magnitude = Math.abs(x);
  if (Number.isNaN(x)) return sign | 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00; // halfway between the largest half and the next power
  if (magnitude < 2 ** -14) return sign | nearestEven(magnitude * 2 ** 24); // a multiple of 2^-24
  // Exponent and the ten leading bits in one number: rounding up carries into the exponent by itself.
  const exponent = (high >>> 20) & 0x7ff;
  const scaled = magnitude * 2 ** (1023 + 10 - exponent); // in [2^10, 2^11), exactly
  return sign | ((exponent - 1023 + 14) * 1024 + nearestEven(scaled));
}

function nearestEven(x: number): number {
  return x + 2 ** 52 - 2 ** 52; // the sum has no room for a fraction and rounds it off, ties to even
}

/** The value of the half with the given 16 bits. Exact. */
export function fromFloat16(bits: number): number {
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The value of the bfloat16 with the given 16 bits. Exact. */
export function fromBfloat16(bits: number): number {
  word[0] = bits << 16;
  return single[0];
}

/** x rounded to the nearest half, as a number. */
export function roundToFloat16(x: number): number {
  return fromFloat16(toFloat16(x));
}

/** toFloat16 of every entry. */
export function encodeFloat16(values: ArrayLike<number>): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = toFloat16(values[i]);
  return out;
}

/** fromFloat16 of every entry. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < out.length; i++) out[i] = fromFloat16(bits[i]);
  return out;
}

/** fromBfloat16 of every entry. */
export function decodeBfloat16(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  const words = new Uint32Array(out.buffer);
  for (let i = 0; i < out.length; i++) words[i] = bits[i] << 16;
  return out;
}
