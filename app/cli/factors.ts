/** The factors of a run as files: one .safetensors, or a folder of .npy. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  factorNpy,
  factorsFile,
  isPrecision,
  PRECISIONS,
  type Precision,
  precisionLabel,
  type TakenFactors,
} from '../experiment/factors/stored';
import { UserError } from '../math/errors';
import { formatNumber } from '../math/format';
import type { Method } from '../methods/method';
import { UsageError } from './io';
import { aligned } from './table';

export interface FactorFlags {
  factors?: string;
  precision?: string;
}

/** Where the factors go and how they are stored; null where they are not asked for. */
export interface FactorPlan {
  path: string;
  precision: Precision;
}

/** @throws UsageError where the flags do not fit the method. */
export function factorPlan(
  { factors: path, precision: asked }: FactorFlags,
  method: Method,
): FactorPlan | null {
  if (path === undefined) {
    if (asked !== undefined) throw new UsageError('--precision is about --factors: give both, or neither');
    return null;
  }
  if (method.factors === undefined) throw new UsageError(`${method.id} has no factors: leave out --factors`);
  const precision = asked ?? 'f32';
  if (!isPrecision(precision)) {
    throw new UsageError(
      `--precision "${precision.slice(0, 20)}" is unknown: choose ${PRECISIONS.join(', ')}`,
    );
  }
  return { path, precision };
}

/** Writes the files and says what is in them. @throws UserError where they cannot be written. */
export async function writeFactors(
  { path, precision }: FactorPlan,
  taken: TakenFactors,
  about: Readonly<Record<string, string>>,
): Promise<string> {
  try {
    if (path.endsWith('.safetensors')) await writeFile(path, factorsFile(taken, precision, about));
    else {
      await mkdir(path, { recursive: true });
      for (const [i, { key }] of taken.names.entries()) {
        await writeFile(join(path, `${key}.npy`), factorNpy(taken, precision, i));
      }
    }
  } catch (error) {
    throw new UserError(`${path} cannot be written: ${error instanceof Error ? error.message : error}`);
  }
  const names = taken.names.map(({ key, shape }) => `${key} ${shape.join(' x ')}`);
  return `Wrote ${names.join(', ')} as ${precisionLabel[precision]} to ${path}\n`;
}

/** Bytes and errors of every precision, one line each. */
export function precisionText({ stored, measures }: TakenFactors): string {
  const head = ['stored as', 'bytes', 'rounding', ...measures.map(({ metric, label }) => metric ?? label)];
  const rows = stored.map(({ precision, bytes, rounding, measured }) => [
    precisionLabel[precision],
    String(bytes),
    formatNumber(rounding),
    ...measured.map((value) => (value === null ? '–' : formatNumber(value))),
  ]);
  return `\n${aligned([head, ...rows]).join('\n')}\n`;
}

/** The same for programs. */
export const precisionReport = ({ names, stored, measures }: TakenFactors) => ({
  tensors: names,
  stored: stored.map(({ precision, bytes, rounding, measured }) => ({
    precision,
    bytes,
    rounding,
    ...Object.fromEntries(measures.map(({ metric, label }, i) => [metric ?? label, measured[i]])),
  })),
});
