/**
 * A tensor as lines along one dimension: outer x n x inner, row-major. The last dimension has inner = 1, the
 * first of a matrix (time-major sequences, L x channels) has outer = 1.
 */
import { shapeText, type Tensor } from '../gpu/home';
import { UserError } from '../math/errors';

export interface Lines {
  outer: number;
  n: number;
  inner: number;
}

/** `axis` counts from 0; negative from the end. */
export function linesOf(name: string, x: Tensor, axis: number): Lines {
  const { shape } = x;
  const at = axis < 0 ? shape.length + axis : axis;
  if (!Number.isInteger(at) || at < 0 || at >= shape.length) {
    throw new UserError(`${name}: there is no axis ${axis} in ${shapeText(x)}`);
  }
  const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
  return { outer: product(shape.slice(0, at)), n: shape[at], inner: product(shape.slice(at + 1)) };
}

/** Lines up to this length are scanned by one invocation each. */
export const SERIAL = 64;

/** Chunks of 16 to 256 elements, at least 64 a line. */
export const chunkOf = (n: number): number => Math.max(16, Math.min(256, 2 ** Math.ceil(Math.log2(n / 64))));

/**
 * Chunks of time so that about this many invocations run. A GPU wants thousands. A software adapter wants its four
 * lanes: more chunks cost every step twice and fill nothing (with 2, 4, 16, 64 channels, 4 to 256 chunks ran at 0.4 to
 * 1.1 times the speed of one; with a single channel 4 chunks at 2.5 times). So do fewer than four chunks on either.
 */
const WANTED = { software: 4, hardware: 8192 };

/** Steps of a chunk for `d` channels of this length. */
export function chunkFor(isSoftware: boolean, steps: number, d: number): number {
  const wanted = (isSoftware ? WANTED.software : WANTED.hardware) / d;
  return wanted < 4 ? steps : Math.max(32, Math.ceil(steps / wanted));
}
