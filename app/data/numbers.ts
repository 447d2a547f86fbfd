/** Numbers of every width, from bytes to float64. Types by their names in NumPy (f4) and safetensors (F32). */
import { fromBfloat16, fromFloat16 } from '../math/float16';

interface NumberType {
  bytes: number;
  read: (view: DataView, at: number, isLittle: boolean) => number;
}

const types: Readonly<Record<string, NumberType>> = {
  F64: { bytes: 8, read: (view, at, isLittle) => view.getFloat64(at, isLittle) },
  F32: { bytes: 4, read: (view, at, isLittle) => view.getFloat32(at, isLittle) },
  F16: { bytes: 2, read: (view, at, isLittle) => fromFloat16(view.getUint16(at, isLittle)) },
  BF16: { bytes: 2, read: (view, at, isLittle) => fromBfloat16(view.getUint16(at, isLittle)) },
  I64: { bytes: 8, read: (view, at, isLittle) => Number(view.getBigInt64(at, isLittle)) },
  I32: { bytes: 4, read: (view, at, isLittle) => view.getInt32(at, isLittle) },
  I16: { bytes: 2, read: (view, at, isLittle) => view.getInt16(at, isLittle) },
  I8: { bytes: 1, read: (view, at) => view.getInt8(at) },
  U64: { bytes: 8, read: (view, at, isLittle) => Number(view.getBigUint64(at, isLittle)) },
  U32: { bytes: 4, read: (view, at, isLittle) => view.getUint32(at, isLittle) },
  U16: { bytes: 2, read: (view, at, isLittle) => view.getUint16(at, isLittle) },
  U8: { bytes: 1, read: (view, at) => view.getUint8(at) },
  BOOL: { bytes: 1, read: (view, at) => view.getUint8(at) },
};

const numpy: Readonly<Record<string, string>> = {
  f8: 'F64',
  f4: 'F32',
  f2: 'F16',
  i8: 'I64',
  i4: 'I32',
  i2: 'I16',
  i1: 'I8',
  u8: 'U64',
  u4: 'U32',
  u2: 'U16',
  u1: 'U8',
  b1: 'BOOL',
};

function typeOf(name: string): NumberType | null {
  const key = Object.hasOwn(numpy, name) ? numpy[name] : name;
  return Object.hasOwn(types, key) ? types[key] : null;
}

/** Bytes of one number, null for a type that is not known. */
export const elementBytes = (name: string): number | null => typeOf(name)?.bytes ?? null;

/** `count` numbers from the beginning of the view. Integers beyond 2^53 are rounded. */
export function readNumbers(view: DataView, name: string, count: number, isLittle: boolean): Float64Array {
  const type = typeOf(name);
  if (!type) throw new Error(`no numbers of type ${name}`);
  return Float64Array.from({ length: count }, (_, i) => type.read(view, i * type.bytes, isLittle));
}
