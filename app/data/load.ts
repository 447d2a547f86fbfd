/**
 * Reads a person's file, told by its first bytes: pictures, .npy, .safetensors, and otherwise numbers as text.
 * Files are hostile input: every length and offset is checked before it is used, and what cannot be a matrix
 * is refused with a sentence.
 */
import Papa from 'papaparse';
import { UserError } from '../math/errors';
import { elementBytes, readNumbers } from './numbers';
import type { ImageDecoder, Loaded, MatrixData, PictureData, TensorEntry } from './source';

const MOST_ENTRIES = 2 ** 27;
const HEADER_LIMIT = 100 * 2 ** 20; // as the safetensors library has it

/** What the file holds. @throws UserError where it is no matrix, picture or tensor file, or a damaged one. */
export async function load(file: File, decoders: { image: ImageDecoder }): Promise<Loaded> {
  const { name } = file;
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const magic = String.fromCharCode(...head);
  if (isPicture(magic)) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return { kind: 'picture', picture: picture(name, await decoders.image(bytes)) };
  }
  if (magic.startsWith('\x93NUMPY')) {
    return { kind: 'matrix', matrix: npy(name, await file.arrayBuffer()) };
  }
  if (/\.safetensors$/i.test(name) || magic[8] === '{') return safetensors(file);
  if (head.includes(0)) {
    throw new UserError(`${name} is of an unknown kind: choose npy, csv, safetensors, png, jpeg or webp`);
  }
  return { kind: 'matrix', matrix: csv(name, await file.text()) };
}

const isPicture = (magic: string): boolean =>
  /^(\x89PNG|\xff\xd8\xff|GIF8|BM)/.test(magic) ||
  /^RIFF....WEBP/s.test(magic) ||
  /^....ftypavi[fs]/s.test(magic);

/** Grey is 0.2126 R + 0.7152 G + 0.0722 B of the stored values, 0..1; transparency is ignored. */
function picture(name: string, image: Awaited<ReturnType<ImageDecoder>>): PictureData {
  const { width: cols, height: rows, rgba } = image;
  const count = rows * cols;
  const [grey, r, g, b] = [0, 1, 2, 3].map(() => new Float32Array(count));
  let isGrey = true;
  for (let i = 0; i < count; i++) {
    const [red, green, blue] = [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]];
    r[i] = red / 255;
    g[i] = green / 255;
    b[i] = blue / 255;
    grey[i] = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
    if (red !== green || green !== blue) isGrey = false;
  }
  return { rows, cols, values: grey, name, channels: isGrey ? undefined : { r, g, b } };
}

function npy(name: string, buffer: ArrayBuffer): MatrixData {
  const damaged = () => new UserError(`${name} is a damaged .npy file: save it again with numpy.save`);
  const view = new DataView(buffer);
  if (buffer.byteLength < 12) throw damaged();
  const isShort = view.getUint8(6) === 1;
  const start = isShort ? 10 : 12;
  const end = start + (isShort ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > buffer.byteLength) throw damaged();
  const header = new TextDecoder('latin1').decode(new Uint8Array(buffer, start, end - start));
  const descr = /'descr':\s*'([<>|=]?)([a-z]\d*)'/.exec(header);
  const shape = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (!descr || shape === undefined) {
    throw new UserError(`${name} holds no plain numbers: save a real array with numpy.save`);
  }
  const dims = shape.split(',').flatMap((text) => (/\d/.test(text) ? [Number.parseInt(text, 10)] : []));
  const isFortran = /'fortran_order':\s*True/.test(header);
  return matrix(name, dims, (count) => {
    const bytes = elementBytes(descr[2]);
    if (bytes === null) throw new UserError(`${name} has entries of type ${descr[2]}: save real numbers`);
    if (end + count * bytes > buffer.byteLength) throw damaged();
    const values = readNumbers(new DataView(buffer, end), descr[2], count, descr[1] !== '>');
    return isFortran ? rowMajor(values, dims) : values;
  });
}

/** Column-major (first index fastest) to row-major. */
function rowMajor(values: Float64Array, dims: readonly number[]): Float64Array {
  const out = new Float64Array(values.length);
  const index = dims.map(() => 0);
  for (let at = 0; at < values.length; at++) {
    let to = 0;
    for (let d = 0; d < dims.length; d++) to = to * dims[d] + index[d];
    out[to] = values[at];
    for (let d = 0; d < dims.length && ++index[d] === dims[d]; d++) index[d] = 0;
  }
  return out;
}

async function safetensors(file: File): Promise<Loaded> {
  const damaged = () =>
    new UserError(`${file.name} is a damaged .safetensors file: download or save it again`);
  if (file.size < 8) throw damaged();
  const length = Number(new DataView(await file.slice(0, 8).arrayBuffer()).getBigUint64(0, true));
  if (length > HEADER_LIMIT || 8 + length > file.size) throw damaged();
  let header: unknown;
  try {
    header = JSON.parse(await file.slice(8, 8 + length).text());
  } catch {
    throw damaged();
  }
  if (typeof header !== 'object' || header === null) throw damaged();
  const offsets = new Map<string, number>();
  const tensors: TensorEntry[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const read = tensorEntry(name, entry, file.size - 8 - length);
    if (!read) throw damaged();
    tensors.push(read.entry);
    offsets.set(name, 8 + length + read.offset);
  }
  if (tensors.length === 0) throw new UserError(`${file.name} holds no tensors: choose another file`);
  const read = async (name: string) => {
    const entry = tensors.find((tensor) => tensor.name === name);
    const offset = offsets.get(name);
    if (!entry || offset === undefined) throw new UserError(`${file.name} has no tensor "${name}"`);
    const bytes = new DataView(await file.slice(offset, offset + entry.bytes).arrayBuffer());
    return matrix(name, entry.shape, (count) => readNumbers(bytes, entry.dtype, count, true));
  };
  return { kind: 'tensors', tensors, read };
}

function tensorEntry(
  name: string,
  entry: unknown,
  room: number,
): { entry: TensorEntry; offset: number } | null {
  if (typeof entry !== 'object' || entry === null) return null;
  if (!('dtype' in entry && 'shape' in entry && 'data_offsets' in entry)) return null;
  const { dtype, shape, data_offsets: range } = entry;
  const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
  if (typeof dtype !== 'string' || !Array.isArray(shape) || !shape.every(isSize)) return null;
  if (!Array.isArray(range) || range.length !== 2 || !range.every(isSize)) return null;
  const [from, to] = range;
  const size = elementBytes(dtype);
  const count = shape.reduce((a: number, b: number) => a * b, 1);
  if (from > to || to > room || (size !== null && count * size !== to - from)) return null;
  return { entry: { name, dtype, shape, bytes: to - from }, offset: from };
}

/** The first line may be a heading. */
function csv(name: string, text: string): MatrixData {
  const { data } = Papa.parse<string[]>(text.replace(/^\ufeff/, '').trim(), { skipEmptyLines: 'greedy' });
  const isNumber = (cell: string) => cell.trim() !== '' && Number.isFinite(Number(cell));
  const lines = data.length > 1 && !data[0].every(isNumber) ? data.slice(1) : data;
  const skipped = data.length - lines.length;
  const cols = lines[0]?.length ?? 0;
  const values = new Float64Array(lines.length * cols);
  for (const [i, line] of lines.entries()) {
    const where = `${name}, line ${i + 1 + skipped}`;
    if (line.length !== cols)
      throw new UserError(`${where} has ${line.length} numbers, the first has ${cols}`);
    for (const [j, cell] of line.entries()) {
      if (!isNumber(cell)) throw new UserError(`${where}: "${cell.slice(0, 40)}" is no number`);
      values[i * cols + j] = Number(cell);
    }
  }
  const made = matrix(name, [lines.length, cols], () => values);
  return skipped > 0 ? { ...made, note: 'The first line was taken as a heading.' } : made;
}

/** Folds to two dimensions and refuses what no method can take. */
function matrix(name: string, dims: readonly number[], read: (count: number) => Float64Array): MatrixData {
  const count = dims.reduce((a, b) => a * b, 1);
  if (count === 0) throw new UserError(`${name} is empty: it has the shape ${dims.join(' x ')}`);
  if (count > MOST_ENTRIES) throw new UserError(`${name} has ${count} entries, more than ${MOST_ENTRIES}`);
  const rows = dims.length < 2 ? 1 : dims[0];
  const cols = count / rows;
  const values = read(count);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const where = `row ${Math.floor(bad / cols)}, column ${bad % cols}`;
    throw new UserError(`${name} has ${values[bad]} in ${where}: replace what is not a finite number`);
  }
  const note = dims.length > 2 ? `${dims.join(' x ')} was folded to ${rows} x ${cols}.` : undefined;
  return { rows, cols, values, name, note };
}
