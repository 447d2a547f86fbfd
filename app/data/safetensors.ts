/**
 * The safetensors format: eight bytes of header length, a JSON header of dtype, shape and offsets by tensor
 * name, then the bytes. Only the header and the one tensor that is asked for are read, whatever the file's
 * size, so that a slice of a Blob and an HTTP range serve alike.
 */

import { UserError } from '../math/errors';
import { finished, fold, LIMITS, type Limits, shown } from './matrix';
import { elementBytes, readNumbers } from './numbers';
import type { Loaded, TensorEntry } from './source';

/** Bytes by position: a Blob, an array or a file on a server. */
export interface RangeReader {
  size: number;
  /** Bytes start .. end - 1, inside the file. */
  read(start: number, end: number): Promise<Uint8Array>;
}

const HEADER_LIMIT = 25 * 2 ** 20;
const TENSOR_LIMIT = 100_000;

interface Placed {
  entry: TensorEntry;
  start: number;
}

/** The tensors of the file. @throws UserError where the header is damaged or disagrees with the file. */
export async function readSafetensors(
  name: string,
  reader: RangeReader,
  limits: Limits = LIMITS,
): Promise<Extract<Loaded, { kind: 'tensors' }>> {
  const damaged = (why: string) =>
    new UserError(`${shown(name)} is a damaged .safetensors file (${why}): download or save it again`);
  if (reader.size < 10) throw damaged(`it has ${reader.size} bytes`);
  const head = await reader.read(0, 8);
  const length = Number(new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true));
  if (length > HEADER_LIMIT) throw damaged(`its header of ${length} bytes is above ${HEADER_LIMIT}`);
  if (8 + length > reader.size) throw damaged('it ends inside the header');
  const header = parse(await reader.read(8, 8 + length));
  if (header === null) throw damaged('its header is no JSON object without __proto__');

  const room = reader.size - 8 - length;
  const placed = new Map<string, Placed>();
  for (const [tensor, value] of Object.entries(header)) {
    if (tensor === '__metadata__') continue;
    const found = placeOf(tensor, value, room);
    if (typeof found === 'string') throw damaged(`tensor "${shown(tensor)}" ${found}`);
    placed.set(tensor, found);
    if (placed.size > TENSOR_LIMIT) throw damaged(`it names more than ${TENSOR_LIMIT} tensors`);
  }
  if (placed.size === 0) throw new UserError(`${shown(name)} holds no tensors: choose another file`);
  const overlap = firstOverlap([...placed.values()]);
  if (overlap) throw damaged(`tensors "${shown(overlap[0])}" and "${shown(overlap[1])}" share bytes`);

  const read = async (wanted: string) => {
    const found = placed.get(wanted);
    if (!found) {
      throw new UserError(
        `${shown(name)} has no tensor "${shown(wanted)}": choose one of its ${placed.size}`,
      );
    }
    const { entry, start } = found;
    if (elementBytes(entry.dtype) === null) {
      throw new UserError(
        `tensor "${shown(wanted)}" has the type ${shown(entry.dtype)}, which is not read: ` +
          'save it as F32, F16 or BF16',
      );
    }
    const folded = fold(wanted, entry.shape, limits);
    const from = 8 + length + start;
    const bytes = await reader.read(from, from + entry.bytes);
    if (bytes.length !== entry.bytes) throw damaged(`tensor "${shown(wanted)}" came short`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return finished(wanted, folded, readNumbers(view, entry.dtype, folded.rows * folded.cols, true));
  };
  return { kind: 'tensors', tensors: [...placed.values()].map(({ entry }) => entry), read };
}

function parse(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text, (key, inner) => {
      if (key === '__proto__') throw new SyntaxError('no tensor can bear this name'); // dropping it would hide one
      return inner;
    });
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return Object.fromEntries(Object.entries(value));
  } catch {
    return null;
  }
}

const isSize = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** The checked entry, or what is wrong with it. */
function placeOf(name: string, value: unknown, room: number): Placed | string {
  if (typeof value !== 'object' || value === null) return 'is not described';
  if (!('dtype' in value && 'shape' in value && 'data_offsets' in value))
    return 'lacks dtype, shape or offsets';
  const { dtype, shape, data_offsets: range } = value;
  if (typeof dtype !== 'string' || dtype.length > 20) return 'has no dtype';
  if (!Array.isArray(shape) || shape.length > 32 || !shape.every(isSize)) return 'has no valid shape';
  if (!Array.isArray(range) || range.length !== 2 || !range.every(isSize)) return 'has no valid offsets';
  const [start, end] = range;
  if (start > end || end > room) return `lies at ${start} to ${end}, outside the ${room} bytes of data`;
  const size = elementBytes(dtype);
  const due = size === null ? null : shape.reduce((a, b) => a * b, size);
  if (due !== null && due !== end - start) return `has ${end - start} bytes, its shape takes ${due}`;
  return { entry: { name, dtype, shape, bytes: end - start }, start };
}

function firstOverlap(placed: Placed[]): [string, string] | null {
  const inOrder = placed.filter(({ entry }) => entry.bytes > 0).sort((a, b) => a.start - b.start);
  for (let i = 1; i < inOrder.length; i++) {
    const { entry, start } = inOrder[i - 1];
    if (start + entry.bytes > inOrder[i].start) return [entry.name, inOrder[i].entry.name];
  }
  return null;
}
