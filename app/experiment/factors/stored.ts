/**
 * Factors as they are kept in files: at a precision, with the bytes that this takes and what the rounding does to
 * the numbers of the run. Whole numbers are codes in blocks of 64 entries of the tensor read row by row, each
 * block with a float32 scale: value = level(code) scale.
 */
import { readNumbers } from '../../data/numbers';
import { packNpy, packSafetensors, type StoredTensor, writeNpy } from '../../data/write';
import { UserError } from '../../math/errors';
import { formatNumber } from '../../math/format';
import { NF4 } from '../../math/nf4';
import type { ScatterFigure } from '../../methods/figures';
import type { Method } from '../../methods/method';
import type { LooseValues } from '../../methods/parameters';

export const PRECISIONS = ['f32', 'f16', 'int8', 'int4', 'nf4'] as const;
export type Precision = (typeof PRECISIONS)[number];

export const precisionLabel: Readonly<Record<Precision, string>> = {
  f32: 'F32',
  f16: 'F16',
  int8: 'int8',
  int4: 'int4',
  nf4: 'NF4',
};

/** Entries that share a scale (bitsandbytes and QLoRA take as many). */
export const BLOCK = 64;

export const isPrecision = (text: string): text is Precision => PRECISIONS.some((one) => one === text);

/** A factor without its entries. */
export interface FactorName {
  name: string;
  key: string;
  shape: readonly number[];
}

/** What the factors take at one precision, and what they then give. */
export interface StoredFactors {
  precision: Precision;
  /** By factor: its entries, or its codes and their scales. */
  parts: readonly (readonly StoredTensor[])[];
  /** Of all parts, scales included, without the header of a file. */
  bytes: number;
  /** The largest ||stored - given||_F / ||given||_F of a factor. */
  rounding: number;
  /** By measure; null where it is not defined. */
  measured: readonly (number | null)[];
}

/** The answer of a run that was made for its factors. */
export interface TakenFactors {
  method: string;
  values: LooseValues;
  names: readonly FactorName[];
  measures: readonly { metric: string | null; label: string }[];
  /** In the order of PRECISIONS; vectors alone are not held in whole numbers. */
  stored: readonly StoredFactors[];
  metadata: Readonly<Record<string, string>>;
}

/** @throws UserError where there are only vectors, and a precision for matrices was asked for. */
export function storedAt({ stored }: TakenFactors, precision: Precision): StoredFactors {
  const found = stored.find((one) => one.precision === precision);
  if (found) return found;
  const kept = stored.map((one) => one.precision).join(' or ');
  throw new UserError(`vectors are not kept as ${precisionLabel[precision]}: choose ${kept}`);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function numbersOf({ dtype, shape, bytes }: StoredTensor): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from(readNumbers(view, dtype, sizeOf(shape), true));
}

/** The entries of factor `index` as they come back from its floats or from its codes and scales. */
export function restored(taken: TakenFactors, precision: Precision, index: number): Float32Array {
  const [codes, scales] = storedAt(taken, precision).parts[index].map(numbersOf);
  if (!scales) return codes;
  const four = (i: number): number => {
    const code = (codes[i >> 1] >> (4 * (i & 1))) & 15;
    return precision === 'nf4' ? NF4[code] : code >= 8 ? code - 16 : code;
  };
  const level = precision === 'int8' ? (i: number) => codes[i] : four;
  const count = sizeOf(taken.names[index].shape);
  return Float32Array.from({ length: count }, (_, i) => level(i) * scales[Math.floor(i / BLOCK)]);
}

const LAYOUT: Readonly<Record<'int8' | 'int4' | 'nf4', string>> = {
  int8: `value[i] = codes[i] * scales[i // ${BLOCK}], i counts the entries row by row`,
  int4: `two codes a byte, the lower four bits first, two's complement; value[i] = code[i] * scales[i // ${BLOCK}], i counts the entries row by row`,
  nf4: `two codes a byte, the lower four bits first; value[i] = nf4_levels[code[i]] * scales[i // ${BLOCK}], i counts the entries row by row`,
};

/** All factors as one .safetensors file, with what they are in its metadata. */
export function factorsFile(
  taken: TakenFactors,
  precision: Precision,
  about: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const { method, values, names, metadata } = taken;
  const { parts } = storedAt(taken, precision);
  const coded: Record<string, string> = {};
  if (precision !== 'f32' && precision !== 'f16') {
    coded.quantization = LAYOUT[precision];
    coded.shapes = JSON.stringify(
      Object.fromEntries(names.flatMap(({ key, shape }, i) => (parts[i].length > 1 ? [[key, shape]] : []))),
    );
    if (precision === 'nf4') coded.nf4_levels = JSON.stringify(NF4);
  }
  const written = { format: 'pt', method, parameters: JSON.stringify(values), precision };
  return packSafetensors(parts.flat(), { ...written, ...coded, ...metadata, ...about });
}

/** One factor as a .npy file: float16 at f16, else float32, with the entries that its codes stand for. */
export function factorNpy(taken: TakenFactors, precision: Precision, index: number): Uint8Array<ArrayBuffer> {
  const stored = storedAt(taken, precision).parts[index];
  if (stored.length === 1) return packNpy(stored[0]);
  return writeNpy(taken.names[index].shape, restored(taken, precision, index));
}

/** A measure against the bytes at each precision; null where no precision gives a number. */
export function precisionFigure(method: Method, taken: TakenFactors, measure: number): ScatterFigure | null {
  const { label, metric } = taken.measures[measure];
  const points = taken.stored.flatMap(({ precision, bytes, measured }): ScatterFigure['points'][number][] => {
    const y = measured[measure];
    // What is exact has no place on a logarithmic axis.
    if (y === null || !Number.isFinite(y) || (metric === null && y === 0)) return [];
    const role = precision === 'f32' ? 'exact' : 'method';
    return [{ key: precision, label: precisionLabel[precision], role, x: bytes, y }];
  });
  if (points.length === 0) return null;
  const ys = points.map(({ y }) => y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const unit = metric === null ? undefined : method.metrics[metric]?.unit;
  const said = points.map((point) => `${point.label} ${formatNumber(point.y)} in ${point.x} bytes`);
  return {
    kind: 'scatter',
    id: `precision-${measure}`,
    title: `${label}, by how the factors are stored`,
    summary: `Measured with the factors as they come back from storage: ${said.join('; ')}. Scales count; smaller is further left.`,
    x: { label: 'Bytes', unit: 'B', scale: 'log' },
    y: { label, unit, scale: low > 0 && high / low > 4 ? 'log' : 'linear' },
    points,
  };
}
