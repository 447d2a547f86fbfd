/** Arrays as files that other programs read: NumPy's .npy, and .safetensors. Little endian, row-major, float32. */

export interface NamedTensor {
  name: string;
  shape: readonly number[];
  values: ArrayLike<number>;
}

const ALIGN = 64;

/** A .npy file, version 1.0, dtype '<f4'. */
export function writeNpy(shape: readonly number[], values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  requireSize('npy', shape, values);
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  // Magic, version and length take 10 bytes; the header ends with a line feed at a multiple of 64.
  const padded = `${text.padEnd(Math.ceil((10 + text.length + 1) / ALIGN) * ALIGN - 11)}\n`;
  const out = new Uint8Array(10 + padded.length + 4 * values.length);
  const view = new DataView(out.buffer);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  view.setUint16(8, padded.length, true);
  out.set(new TextEncoder().encode(padded), 10);
  writeFloats(view, 10 + padded.length, values);
  return out;
}

/** A .safetensors file with all tensors as F32. */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let end = 0;
  for (const { name, shape, values } of tensors) {
    requireSize(name, shape, values);
    if (name in header) throw new Error(`safetensors: two tensors are called ${name}`);
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + 4 * values.length] };
    end += 4 * values.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces after the header bring the data to a multiple of 8, as the format asks for.
  const length = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + length + end).fill(0x20, 8, 8 + length);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(length), true);
  out.set(json, 8);
  let at = 8 + length;
  for (const { values } of tensors) {
    writeFloats(view, at, values);
    at += 4 * values.length;
  }
  return out;
}

function writeFloats(view: DataView, at: number, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) view.setFloat32(at + 4 * i, values[i], true);
}

function requireSize(name: string, shape: readonly number[], values: ArrayLike<number>): void {
  const size = shape.reduce((a, b) => a * b, 1);
  if (size !== values.length) throw new Error(`${name}: ${values.length} values for ${shape.join(' x ')}`);
}
