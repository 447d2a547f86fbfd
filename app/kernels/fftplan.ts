/**
 * How a transform of length n is cut into passes, and the twiddle factors of each: float64, rounded to float32
 * on the device, so that their error is 2^-25 and no sine is taken in a shader.
 */
import { chirpOf, rootOfUnity } from '../math/fft';

export interface Pass {
  radix: number;
  /** Product of the radices before this pass. */
  done: number;
  /** Where its twiddles begin in the table, in complex numbers. */
  table: number;
}

export interface FftPlan {
  passes: readonly Pass[];
  /** All twiddles, interleaved. */
  table: () => Float64Array;
  /** Complex numbers in the table. */
  entries: number;
}

/** Powers of w that the table holds for each k; radix 16 and 64 multiply the others together. */
const powersOf = (radix: number): readonly number[] => {
  if (radix === 64) return [1, 2, 3, 4, 8, 12, 16, 32, 48];
  return radix === 16 ? [1, 2, 3, 4, 8, 12] : Array.from({ length: radix - 1 }, (_, i) => i + 1);
};

/** Radix 64 multiplies by its twiddles, be they ones, in the first pass too. */
const hasTwiddles = ({ radix, done }: Omit<Pass, 'table'>): boolean => done > 1 || radix === 64;

/** Radices of the passes: sixteens first, then what is left; null where n has a prime factor above 5. */
export function radicesOf(n: number): number[] | null {
  const radices: number[] = [];
  let rest = n;
  for (const radix of [16, 8, 4, 2, 3, 5]) {
    while (rest % radix === 0) {
      radices.push(radix);
      rest /= radix;
    }
  }
  return rest === 1 ? radices : null;
}

/**
 * Radices of the fewest passes of at most 64 in which a power of two can be done, with as few of 64 among them as
 * can be, the smallest first; null where 16 does it in as few.
 */
export function longRadicesOf(n: number): number[] | null {
  const bits = Math.log2(n);
  if (!Number.isInteger(bits)) return null;
  for (let count = 1; count < Math.ceil(bits / 4); count++) {
    for (let sixes = 1; sixes <= count; sixes++) {
      const others = count - sixes;
      const rest = bits - 6 * sixes;
      if (rest > 4 * others || rest < others) continue;
      // What is left over goes to one pass, the others are sixteens.
      const small = others === 0 ? [] : [rest - 4 * (others - 1), ...Array(others - 1).fill(4)];
      if (small.some((b) => b < 1) || (others === 0 && rest !== 0)) continue;
      return [...small, ...Array(sixes).fill(6)].map((b: number) => 2 ** b);
    }
  }
  return null;
}

/** Plan of a length with no prime factor above 5, in these radices. */
export function planOf(n: number, radices: readonly number[] | null = radicesOf(n)): FftPlan {
  if (!radices) throw new Error(`fft: ${n} has a prime factor above 5`);
  const passes: Pass[] = [];
  let done = 1;
  let entries = 0;
  for (const radix of radices) {
    passes.push({ radix, done, table: entries });
    if (hasTwiddles({ radix, done })) entries += done * powersOf(radix).length;
    done *= radix;
  }
  const table = (): Float64Array => {
    const values = new Float64Array(2 * Math.max(1, entries));
    let at = 0;
    for (const { radix, done: before } of passes) {
      if (!hasTwiddles({ radix, done: before })) continue;
      for (let k = 0; k < before; k++) {
        for (const power of powersOf(radix)) {
          [values[at], values[at + 1]] = rootOfUnity(k * power, before * radix);
          at += 2;
        }
      }
    }
    return values;
  };
  return { passes, table, entries: Math.max(1, entries) };
}

/** The least length >= n without a prime factor above 5: 2^a, 3 2^a, 5 2^a, 9 2^a, 15 2^a or 25 2^a. */
export function goodLength(n: number): number {
  let best = 2 ** Math.ceil(Math.log2(Math.max(1, n)));
  for (const odd of [3, 5, 9, 15, 25]) {
    const size = odd * 2 ** Math.max(0, Math.ceil(Math.log2(n / odd)));
    if (size < best) best = size;
  }
  return best;
}

/** Largest |entry| of the spectrum that Bluestein's transform of length n multiplies by. */
export function chirpGain(n: number): number {
  const { spectrum } = chirpOf(n);
  let gain = 0;
  for (let i = 0; i < spectrum.length; i += 2) {
    gain = Math.max(gain, Math.hypot(spectrum[i], spectrum[i + 1]));
  }
  return gain;
}
