/**
 * A benchmark case: one operation at one size, with its inputs, our implementation, and a check against
 * float64 that every implementation must pass before its time counts. The same cases serve `lab bench`, the
 * page and the side-by-side measurement with other libraries.
 */
import { type Dtype, type Home, sizeOf, type Tensor } from '../../gpu/home';
import { normals } from '../../math/threefry';

export interface Input {
  shape: readonly number[];
  dtype: Dtype;
  /** Complex entries interleaved: re, im, re, im, ... */
  values: Float32Array | Uint32Array;
}
export type Inputs = Readonly<Record<string, Input>>;
export type Outputs = Readonly<Record<string, ArrayLike<number>>>;
export type Tensors = Readonly<Record<string, Tensor>>;
export type Size = Readonly<Record<string, number>>;

/** How far an answer is from float64, and how far it may be; both relative to the same scale. */
export interface Verdict {
  error: number;
  /** Derived for a plain float32 algorithm; see each family. */
  bound: number;
  /** What the error is: "largest error over largest entry". */
  measure: string;
}

/** Answers further off than this are wrong, whatever their speed. */
export const WRONG = 0.01;

export interface BenchCase {
  /** "matmul 512", unique. */
  id: string;
  family: string;
  size: Size;
  /** Made on first use, then kept: drawing a million normals takes longer than many an operation. */
  inputs: () => Inputs;
  /** Ours: from inputs in one home to named outputs in the same. Null where the library has none yet. */
  run: ((tensors: Tensors, home: Home) => Promise<Tensors>) | null;
  check: (outputs: Outputs) => Verdict;
  /** The least work and traffic the operation needs, not what an implementation does. */
  flop: number;
  bytes: number;
}

export interface BenchFamily {
  id: string;
  title: string;
  /** What limits a good implementation on a GPU. */
  limit: 'flop' | 'bytes';
  /** The abscissa of time against size. */
  axis: string;
  at: (size: Size) => BenchCase;
  /** Measured by default on a software adapter, and side by side with other libraries. */
  standard: readonly Size[];
  /** Measured by default on a GPU. */
  large: readonly Size[];
  /** Sizes of one series, for the slope of time against size. */
  sweep: readonly Size[];
  /** For the tests. */
  tiny: Size;
}

export const drawn = (stream: number, ...shape: number[]): Input => ({
  shape,
  dtype: 'f32',
  values: Float32Array.from(normals(20, stream, sizeOf(shape))),
});

/** The inputs of a case as tensors of a home. */
export function tensorsOf(home: Home, test: BenchCase): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(test.inputs()).map(([name, { shape, values, dtype }]) => [
      name,
      home.tensor(shape, values, dtype),
    ]),
  );
}

/** Calls `make` once. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Unit roundoff of float32. */
export const U = 2 ** -24;

export function maxAbs(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}

/** Largest |got - want| over largest |want|; infinite where lengths differ or an entry is not a number. */
export function relativeError(got: ArrayLike<number> | undefined, want: ArrayLike<number>): number {
  if (got === undefined || got.length !== want.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < want.length; i++) {
    const gap = Math.abs(got[i] - want[i]);
    if (!(gap <= worst)) worst = gap;
    if (Number.isNaN(gap)) return Number.POSITIVE_INFINITY;
  }
  return worst / (maxAbs(want) || 1);
}

/** Norm of the difference over the norm of `want`. */
export function normError(got: ArrayLike<number> | undefined, want: ArrayLike<number>): number {
  if (got === undefined || got.length !== want.length) return Number.POSITIVE_INFINITY;
  let gap = 0;
  let all = 0;
  for (let i = 0; i < want.length; i++) {
    gap += (got[i] - want[i]) ** 2;
    all += want[i] ** 2;
  }
  return Number.isNaN(gap) ? Number.POSITIVE_INFINITY : Math.sqrt(gap / (all || 1));
}
