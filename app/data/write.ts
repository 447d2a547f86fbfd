/**
 * Arrays as files that other programs read: NumPy's .npy, and .safetensors. Little endian, row-major; float32
 * unless other bytes are given.
 */

export interface NamedTensor {
  name: string;
  shape: readonly number[];
  values: ArrayLike<number>;
}

/** Bytes an entry of the types that are written. */
const WIDTHS = { F32: 4, I32: 4, F16: 2, I8: 1, U8: 1 } as const;
export type StoredDtype = keyof typeof WIDTHS;

/** A tensor as its bytes stand in a file: little endian, row-major. */
export interface StoredTensor {
  name: string;
  dtype: StoredDtype;
  shape: readonly number[];
  bytes: Uint8Array;
}

const ALIGN = 64;
const DESCR = { F32: '<f4', I32: '<i4', F16: '<f2', I8: '|i1', U8: '|u1' } as const;

/** A .npy file, version 1.0, dtype '<f4'. */
export function writeNpy(shape: readonly number[], values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  requireSize('npy', shape, values);
  return packNpy({ name: 'npy', dtype: 'F32', shape, bytes: floatBytes(values) });
}

/** A .npy file, version 1.0, of bytes as they are. */
export function packNpy({ name, dtype, shape, bytes }: StoredTensor): Uint8Array<ArrayBuffer> {
  requireBytes(name, dtype, shape, bytes);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${DESCR[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // Magic, version and length take 10 bytes; the header ends with a line feed at a multiple of 64.
  const padded = `${text.padEnd(Math.ceil((10 + text.length + 1) / ALIGN) * ALIGN - 11)}\n`;
  const out = new Uint8Array(10 + padded.length + bytes.length);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(out.buffer).setUint16(8, padded.length, true);
  out.set(new TextEncoder().encode(padded), 10);
  out.set(bytes, 10 + padded.length);
  return out;
}

/** A .safetensors file with all tensors as F32. */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const stored = tensors.map(({ name, shape, values }): StoredTensor => {
    requireSize(name, shape, values);
    return { name, dtype: 'F32', shape, bytes: floatBytes(values) };
  });
  return packSafetensors(stored, metadata);
}

/** A .safetensors file of bytes as they are. Wide types come first, so that every tensor is aligned. */
export function packSafetensors(
  tensors: readonly StoredTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  const inOrder = [...tensors].sort((a, b) => WIDTHS[b.dtype] - WIDTHS[a.dtype]);
  let end = 0;
  for (const { name, dtype, shape, bytes } of inOrder) {
    requireBytes(name, dtype, shape, bytes);
    if (name in header) throw new Error(`safetensors: two tensors are called ${name}`);
    header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces after the header bring the data to a multiple of 8, as the format asks for.
  const length = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + length + end).fill(0x20, 8, 8 + length);
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true);
  out.set(json, 8);
  let at = 8 + length;
  for (const { bytes } of inOrder) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}

/** Float32, little endian whatever the machine. */
export function floatBytes(values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true);
  return new Uint8Array(view.buffer);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function requireSize(name: string, shape: readonly number[], values: ArrayLike<number>): void {
  if (sizeOf(shape) !== values.length)
    throw new Error(`${name}: ${values.length} values for ${shape.join(' x ')}`);
}

function requireBytes(
  name: string,
  dtype: StoredDtype,
  shape: readonly number[],
  { length }: Uint8Array,
): void {
  if (sizeOf(shape) * WIDTHS[dtype] !== length) {
    throw new Error(`${name}: ${length} bytes for ${shape.join(' x ')} of ${dtype}`);
  }
}
