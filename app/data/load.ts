/**
 * Reads a person's file, told by its first bytes and not by its name: pictures, .npy, .safetensors, .wav,
 * and otherwise numbers as text. Files are hostile input: every length and offset is checked before it is
 * used, and what cannot be a matrix is refused with a sentence that says what to do. The readers of each kind
 * are loaded with the first file of that kind.
 */

import { UserError } from '../math/errors';
import { LIMITS, type Limits, shown } from './matrix';
import { isPicture, readPicture } from './picture';
import type { ImageDecoder, Loaded } from './source';
import type { FileLike } from './url';

const TEXT_LIMIT = 2 ** 28;

/** Files that are met often and cannot be read: how they begin, what they are, what helps. */
const REFUSED: readonly [RegExp, string][] = [
  [/^PK[^ -~].*\.npy/s, 'an .npz archive: save one array with np.save'],
  [/^PK[^ -~].*data\.pkl/s, 'a PyTorch pickle: save it with safetensors.torch.save_file'],
  [/^PK[^ -~]/, 'a zip archive: unpack it, or save one array with np.save'],
  [/^\x80[^ -~]/, 'a Python pickle, which is never run here: save the array with np.save'],
  [/^.{4}ftyp(heic|heix|mif1|hevc|msf1)/s, 'a HEIC picture: save it as JPEG or PNG'],
  [/^%PDF/, 'a PDF: save the picture or the table by itself'],
  [/^\x89HDF/, 'an HDF5 file: save one array with np.save'],
  [/^GGUF/, 'a GGUF model: its .safetensors original can be read'],
  [/^(II\*[^ -~]|MM[^ -~]\*)/, 'a TIFF picture: save it as PNG'],
  [/^[^ -~]\x8b/, 'compressed with gzip: unpack it first'],
  [/^version https:\/\/git-lfs/, 'a Git LFS pointer, not the file itself: download it with git lfs pull'],
  [
    /^\s*<(!doctype html|html|\?xml|svg)/i,
    'a web page or drawing, perhaps an error of the server: download it anew',
  ],
  [/^MATLAB 5\.0/, 'a MATLAB file: write one matrix as text with writematrix'],
];

/** What the file holds. @throws UserError where it is no matrix, picture or tensor file, or a damaged one. */
export async function load(
  file: FileLike,
  decoders: { image: ImageDecoder },
  limits: Limits = LIMITS,
): Promise<Loaded> {
  const { name } = file;
  if (file.size === 0) throw new UserError(`${shown(name)} is empty: choose a file with data`);
  const head = await bytesOf(file.slice(0, 512));
  const magic = latin1(head);
  if (isPicture(magic)) {
    return { kind: 'picture', picture: await readPicture(name, await bytesOf(file), decoders.image, limits) };
  }
  if (magic.startsWith('\x93NUMPY')) {
    const { readNpy } = await import('./npy');
    return { kind: 'matrix', matrix: readNpy(name, await bytesOf(file), limits) };
  }
  if (isWav(magic)) {
    const { readWav } = await import('./wav');
    return { kind: 'matrix', matrix: readWav(name, await bytesOf(file), limits) };
  }
  for (const [beginning, cure] of REFUSED) {
    if (beginning.test(magic)) throw new UserError(`${shown(name)} is ${cure}`);
  }
  // The header length of a safetensors file leaves its upper bytes zero.
  if (magic[8] === '{' && head[6] === 0 && head[7] === 0) {
    const { readSafetensors } = await import('./safetensors');
    const read = (start: number, end: number) => bytesOf(file.slice(start, end));
    return readSafetensors(name, { size: file.size, read }, limits);
  }
  if (file.size > TEXT_LIMIT) {
    throw new UserError(
      `${shown(name)} has ${file.size} bytes of text, at most ${TEXT_LIMIT}: save it as .npy`,
    );
  }
  const { readCsv } = await import('./csv');
  return { kind: 'matrix', matrix: readCsv(name, textOf(name, await bytesOf(file)), limits) };
}

const isWav = (magic: string): boolean => /^RIFF.{4}WAVE/s.test(magic);

const bytesOf = async (blob: Pick<FileLike, 'arrayBuffer'>): Promise<Uint8Array> =>
  new Uint8Array(await blob.arrayBuffer());

/** One character a byte; TextDecoder's latin1 is windows-1252, which moves 0x80 to 0x9f. */
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

function textOf(name: string, bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // falls to the refusal below
  }
  throw new UserError(
    `${shown(name)} is of an unknown kind: choose npy, csv, safetensors, wav, png, jpeg or webp`,
  );
}
