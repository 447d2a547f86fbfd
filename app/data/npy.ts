/**
 * NumPy's .npy files, versions 1 to 3 (numpy/lib/format.py): magic, version, header length, a Python dict
 * with descr, fortran_order and shape, then the entries. The header is read by a grammar of its own and
 * never evaluated.
 */

import { UserError } from '../math/errors';
import { finished, fold, LIMITS, type Limits, shown } from './matrix';
import { elementBytes, readNumbers } from './numbers';
import type { MatrixData } from './source';

const HEADER_LIMIT = 65536;
const CURE = 'save it again with np.save(file, np.asarray(a, dtype=np.float32))';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['f2', 'F16'],
  ['f4', 'F32'],
  ['f8', 'F64'],
  ['i1', 'I8'],
  ['i2', 'I16'],
  ['i4', 'I32'],
  ['i8', 'I64'],
  ['u1', 'U8'],
  ['u2', 'U16'],
  ['u4', 'U32'],
  ['u8', 'U64'],
  ['b1', 'BOOL'],
]);

interface Header {
  descr: string;
  isFortran: boolean;
  shape: number[];
}

/** The array as a matrix. @throws UserError where the file is damaged, too large or holds no real numbers. */
export function readNpy(name: string, bytes: Uint8Array, limits: Limits = LIMITS): MatrixData {
  const damaged = (why: string) => new UserError(`${shown(name)} is a damaged .npy file (${why}): ${CURE}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== '\x93NUMPY') {
    throw damaged('it does not begin as one');
  }
  const version = bytes[6];
  if (version < 1 || version > 3) throw damaged(`version ${version} is not 1, 2 or 3`);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > HEADER_LIMIT) throw damaged(`its header of ${length} bytes is above ${HEADER_LIMIT}`);
  if (start + length > bytes.length) throw damaged('it ends inside the header');
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(
    bytes.subarray(start, start + length),
  );
  const header = parseHeader(text);
  if (!header) throw unreadable(name, text, damaged);
  const { descr, isFortran, shape } = header;
  const type = TYPES.get(descr.slice(1));
  const size = type === undefined ? null : elementBytes(type);
  if (type === undefined || size === null || !'<>|='.includes(descr[0])) {
    throw new UserError(`${shown(name)} has entries of type ${shown(descr)}, not real numbers: ${CURE}`);
  }
  const folded = fold(name, shape, limits);
  const count = folded.rows * folded.cols;
  const found = bytes.length - start - length;
  if (found !== count * size) throw damaged(`${found} bytes of data, ${count * size} are due`);
  const data = new DataView(bytes.buffer, bytes.byteOffset + start + length, found);
  const values = readNumbers(data, type, count, descr[0] !== '>');
  return finished(name, folded, isFortran ? toRowMajor(values, shape) : values);
}

function unreadable(name: string, header: string, damaged: (why: string) => UserError): UserError {
  if (/'descr':\s*\[/.test(header)) {
    return new UserError(`${shown(name)} has a structured type: take one field of it, then ${CURE}`);
  }
  return damaged('its header cannot be read');
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }` in any order; null where it is not that. */
function parseHeader(text: string): Header | null {
  let at = 0;
  /** The next token by the sticky pattern, white space before it skipped. */
  const take = (pattern: RegExp): string | null => {
    while (at < text.length && ' \n\t\r'.includes(text[at])) at++;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return null;
    at = pattern.lastIndex;
    return match[0];
  };
  const found: Partial<Header> = {};
  if (!take(/\{/y)) return null;
  while (!take(/\}/y)) {
    const key = take(/'[a-z_]{1,20}'|"[a-z_]{1,20}"/y)?.slice(1, -1);
    if (!key || !take(/:/y)) return null;
    if (key === 'descr') {
      const value = take(/'[^'\\]{2,40}'|"[^"\\]{2,40}"/y);
      if (value === null) return null;
      found.descr = value.slice(1, -1);
    } else if (key === 'fortran_order') {
      const value = take(/True|False/y);
      if (value === null) return null;
      found.isFortran = value === 'True';
    } else if (key === 'shape') {
      const value = takeShape(take);
      if (value === null) return null;
      found.shape = value;
    } else return null;
    if (!take(/,/y)) {
      if (!take(/\}/y)) return null;
      break;
    }
  }
  while (at < text.length && ' \n\t\r\0'.includes(text[at])) at++;
  const { descr, isFortran, shape } = found;
  if (at < text.length || descr === undefined || isFortran === undefined || shape === undefined) return null;
  return { descr, isFortran, shape };
}

function takeShape(take: (pattern: RegExp) => string | null): number[] | null {
  const shape: number[] = [];
  if (!take(/\(/y)) return null;
  while (!take(/\)/y)) {
    const digits = take(/\d{1,15}/y);
    if (digits === null || shape.length === 32) return null;
    take(/L/y); // Python 2 wrote long integers so
    shape.push(Number(digits));
    if (!take(/,/y)) return take(/\)/y) ? shape : null;
  }
  return shape;
}

/** From the first index fastest to the last index fastest. */
function toRowMajor(values: MatrixData['values'], shape: readonly number[]): MatrixData['values'] {
  const out = values.slice();
  const index = shape.map(() => 0);
  for (let at = 0; at < values.length; at++) {
    let to = 0;
    for (let d = 0; d < shape.length; d++) to = to * shape[d] + index[d];
    out[to] = values[at];
    for (let d = 0; d < shape.length && ++index[d] === shape[d]; d++) index[d] = 0;
  }
  return out;
}

/** A version 1 file of the matrix: little-endian, C order, float32 or float64 as the values are. */
export function writeNpy({
  rows,
  cols,
  values,
}: Pick<MatrixData, 'rows' | 'cols' | 'values'>): Uint8Array<ArrayBuffer> {
  const size = values.BYTES_PER_ELEMENT;
  const dict = `{'descr': '<f${size}', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`;
  const length = Math.ceil((10 + dict.length + 1) / 64) * 64; // data begins at a multiple of 64, as NumPy has it
  const bytes = new Uint8Array(length + values.length * size);
  const view = new DataView(bytes.buffer);
  const header = `${dict.padEnd(length - 11)}\n`;
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  view.setUint16(8, length - 10, true);
  bytes.set(new TextEncoder().encode(header), 10);
  for (let i = 0; i < values.length; i++) {
    if (size === 4) view.setFloat32(length + 4 * i, values[i], true);
    else view.setFloat64(length + 8 * i, values[i], true);
  }
  return bytes;
}
