/**
 * What every reader of files shares: the limits, the fold to two dimensions, and the refusal of what no
 * method can take.
 */

import { UserError } from '../math/errors';
import type { MatrixData } from './source';

/** How large a matrix may be: rows, columns and entries. */
export interface Limits {
  side: number;
  entries: number;
  /** Entries of a single row or column, a signal; as `side` where absent. */
  vector?: number;
}

export const LIMITS: Limits = { side: 16384, entries: 2 ** 26, vector: 2 ** 17 };

/** A hostile name made fit for a sentence: control characters away, at most 80 characters. */
export function shown(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken away
  const clean = name.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, '?');
  return clean.length > 80 ? `${clean.slice(0, 79)}...` : clean;
}

export interface Fold {
  rows: number;
  cols: number;
  note?: string;
}

/**
 * Rows and columns of an array of any shape: the first dimension and the product of the rest; a vector
 * becomes one column, a scalar 1 x 1. @throws UserError where it is empty or above the limits.
 */
export function fold(name: string, shape: readonly number[], limits: Limits): Fold {
  const written = shape.join(' x ') || 'a scalar';
  if (shape.includes(0)) throw new UserError(`${shown(name)} is empty (${written}): choose one with entries`);
  const rows = shape[0] ?? 1;
  const cols = shape.slice(1).reduce((a, b) => a * b, 1);
  checkSize(name, rows, cols, limits);
  if (shape.length === 2) return { rows, cols };
  const taken = [`A scalar was taken as 1 x 1.`, `A vector was taken as one column, ${rows} x 1.`];
  const note =
    taken[shape.length] ?? `${written} was folded to ${rows} x ${cols}: the first dimension by all others.`;
  return { rows, cols, note };
}

/** @throws UserError where rows, columns or entries are above the limits. */
export function checkSize(name: string, rows: number, cols: number, limits: Limits): void {
  const { entries } = limits;
  const side = rows === 1 || cols === 1 ? (limits.vector ?? limits.side) : limits.side;
  if (rows > side || cols > side || rows * cols > entries) {
    throw new UserError(
      `${shown(name)} is ${rows} x ${cols}: at most ${side} rows, ${side} columns and ${entries} entries ` +
        'can be loaded; cut out a part or reduce it first',
    );
  }
}

/** @throws UserError with the count and the place of the first NaN or infinity, where there is one. */
export function refuseNonFinite({ name, rows, cols, values }: MatrixData): void {
  let count = 0;
  let first = -1;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    if (count === 0) first = i;
    count++;
  }
  if (count === 0) return;
  const [row, col] = [Math.floor(first / cols) + 1, (first % cols) + 1];
  throw new UserError(
    `${shown(name)}: ${count} of ${rows * cols} values ${count === 1 ? 'is' : 'are'} not finite; the first is ` +
      `${values[first]} at row ${row}, column ${col}: replace or remove them (numpy.nan_to_num does)`,
  );
}

/** A matrix that has been looked through: sizes agree and every value is finite. */
export function finished(name: string, folded: Fold, values: MatrixData['values']): MatrixData {
  const matrix: MatrixData = { rows: folded.rows, cols: folded.cols, values, name };
  if (folded.note) matrix.note = folded.note;
  refuseNonFinite(matrix);
  return matrix;
}
