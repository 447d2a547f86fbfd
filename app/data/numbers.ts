/**
 * Numbers of every width, from bytes to float64 or float32. Types go by their safetensors names (F32);
 * npy.ts maps those of NumPy (f4) onto them. Two-byte floats and float32 become float32, all else float64.
 * Integers beyond 2^53 are rounded.
 */

import { fromBfloat16, fromFloat16 } from '../math/float16';

type Read = (view: DataView, at: number, isLittle: boolean) => number;
interface NumberType {
  bytes: number;
  /** Every value of the type is a float32. */
  isSingle: boolean;
  read: Read;
}

const type = (bytes: number, isSingle: boolean, read: Read): NumberType => ({ bytes, isSingle, read });

const types: ReadonlyMap<string, NumberType> = new Map([
  ['F64', type(8, false, (view, at, isLittle) => view.getFloat64(at, isLittle))],
  ['F32', type(4, true, (view, at, isLittle) => view.getFloat32(at, isLittle))],
  ['F16', type(2, true, (view, at, isLittle) => fromFloat16(view.getUint16(at, isLittle)))],
  ['BF16', type(2, true, (view, at, isLittle) => fromBfloat16(view.getUint16(at, isLittle)))],
  ['I64', type(8, false, (view, at, isLittle) => Number(view.getBigInt64(at, isLittle)))],
  ['I32', type(4, false, (view, at, isLittle) => view.getInt32(at, isLittle))],
  ['I16', type(2, true, (view, at, isLittle) => view.getInt16(at, isLittle))],
  ['I8', type(1, true, (view, at) => view.getInt8(at))],
  ['U64', type(8, false, (view, at, isLittle) => Number(view.getBigUint64(at, isLittle)))],
  ['U32', type(4, false, (view, at, isLittle) => view.getUint32(at, isLittle))],
  ['U16', type(2, true, (view, at, isLittle) => view.getUint16(at, isLittle))],
  ['U8', type(1, true, (view, at) => view.getUint8(at))],
  ['BOOL', type(1, true, (view, at) => (view.getUint8(at) === 0 ? 0 : 1))],
]);

/** Bytes of one number, null for a type that is not known. */
export const elementBytes = (name: string): number | null => types.get(name)?.bytes ?? null;

/** `count` numbers from the beginning of the view, which holds as many. */
export function readNumbers(
  view: DataView,
  name: string,
  count: number,
  isLittle: boolean,
): Float64Array | Float32Array {
  const found = types.get(name);
  if (!found) throw new Error(`no numbers of type ${name}`);
  const { bytes, read } = found;
  const out = found.isSingle ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) out[i] = read(view, i * bytes, isLittle);
  return out;
}
