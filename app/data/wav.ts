/**
 * Sound files, RIFF WAVE: PCM of 8, 16, 24 and 32 bits and floats of 32 and 64, any number of channels. They
 * become one column of samples in -1..1, the mean of the channels. Chunks are walked with every length
 * checked; unknown ones are skipped.
 */

import { UserError } from '../math/errors';
import { finished, LIMITS, type Limits, shown } from './matrix';
import type { MatrixData } from './source';

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const CURE = 'save it as WAV with 16-bit samples (in Audacity: export, signed 16-bit PCM)';

interface Format {
  code: number;
  channels: number;
  rate: number;
  bits: number;
}

/**
 * The samples, rows x 1. A recording longer than a vector may be is cut to its beginning, and the note says so.
 * @throws UserError where the file is damaged or compressed.
 */
export function readWav(name: string, bytes: Uint8Array, limits: Limits = LIMITS): MatrixData {
  const damaged = (why: string) => new UserError(`${shown(name)} is a damaged .wav file (${why}): ${CURE}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: Format | null = null;
  let at = 12;
  while (at + 8 <= bytes.length) {
    const id = String.fromCharCode(...bytes.subarray(at, at + 4));
    const size = view.getUint32(at + 4, true);
    const from = at + 8;
    if (id === 'fmt ') {
      if (size < 16 || from + size > bytes.length) throw damaged('its format chunk is cut off');
      format = readFormat(view, from, size);
    } else if (id === 'data') {
      if (!format) throw damaged('its samples come before their format');
      // A recorder that was interrupted leaves the length at 0 or 2^32 - 1: the rest of the file is meant.
      const present = bytes.length - from;
      const length = size === 0 || size > present ? present : size;
      return readSamples(name, new DataView(view.buffer, view.byteOffset + from, length), format, limits);
    }
    at = from + size + (size % 2);
  }
  throw damaged('it holds no samples');
}

function readFormat(view: DataView, at: number, size: number): Format {
  const code = view.getUint16(at, true);
  return {
    // The extensible form keeps the true code at the head of a GUID.
    code: code === EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : code,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

type Read = (view: DataView, at: number) => number;

const READERS: ReadonlyMap<string, Read> = new Map([
  [`${PCM} 8`, (view, at) => (view.getUint8(at) - 128) / 2 ** 7],
  [`${PCM} 16`, (view, at) => view.getInt16(at, true) / 2 ** 15],
  [`${PCM} 24`, (view, at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 2 ** 23],
  [`${PCM} 32`, (view, at) => view.getInt32(at, true) / 2 ** 31],
  [`${FLOAT} 32`, (view, at) => view.getFloat32(at, true)],
  [`${FLOAT} 64`, (view, at) => view.getFloat64(at, true)],
]);

function readSamples(name: string, data: DataView, format: Format, limits: Limits): MatrixData {
  const { code, channels, rate, bits } = format;
  const read = READERS.get(`${code} ${bits}`);
  if (!read) {
    const what = code === PCM || code === FLOAT ? `samples of ${bits} bits` : `compressed samples (${code})`;
    throw new UserError(`${shown(name)} has ${what}: ${CURE}`);
  }
  const frame = channels * (bits / 8);
  const found = channels === 0 ? 0 : Math.floor(data.byteLength / frame);
  if (found === 0)
    throw new UserError(`${shown(name)} holds no samples: choose a recording that is not empty`);
  const rows = Math.min(found, limits.vector ?? limits.side, limits.entries);
  const values = bits > 24 ? new Float64Array(rows) : new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += read(data, i * frame + (c * bits) / 8);
    values[i] = sum / channels;
  }
  const notes = [
    `Sound: ${found} samples at ${rate} Hz, ${channels === 1 ? 'one channel' : `the mean of ${channels} channels`}.`,
    rows < found ? `The first ${rows} were taken.` : '',
  ];
  return finished(name, { rows, cols: 1, note: notes.filter(Boolean).join(' ') }, values);
}
