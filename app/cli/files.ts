/** Data for a run on the command line: a path, the shipped picture or an address, decoded with sharp. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ImageDecoder } from '../data/source';
import type { DataRef } from '../experiment/dataref';
import { type Dataset, openDataset } from '../experiment/datasets';
import type { DataOptions, DataSource } from '../experiment/protocol';
import { isUserError, UserError } from '../math/errors';

const SAMPLE = new URL('../../public/sample.png', import.meta.url);

/** RGBA of a picture's stored values, without colour management. */
const decodeImage: ImageDecoder = async (bytes) => {
  const { default: sharp } = await import('sharp');
  try {
    const picture = sharp(bytes).autoOrient().toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' });
    const { data, info } = await picture.toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, rgba: new Uint8ClampedArray(data) };
  } catch (error) {
    throw new UserError(
      `the picture could not be decoded: ${error instanceof Error ? error.message : error}`,
    );
  }
};

/**
 * The data of a run: the file that is given, else what the link names; null for the testbed's own.
 * @throws UserError where it cannot be read, or a tensor must be chosen (with the names).
 */
export async function readDataset(
  path: string | undefined,
  ref: DataRef,
  options: DataOptions,
): Promise<Dataset | null> {
  const source = await sourceOf(path, ref);
  if (!source) return null;
  const dataset = await openDataset(source, options, decodeImage);
  if (dataset.data === null) {
    const { name, tensors = [] } = dataset.summary;
    const names = tensors.map((tensor) => `  ${tensor.name}  ${tensor.shape.join(' x ')}  ${tensor.dtype}`);
    throw new UserError(
      `${name} has ${tensors.length} tensors: choose one with --tensor\n${names.join('\n')}`,
    );
  }
  return dataset;
}

async function sourceOf(path: string | undefined, ref: DataRef): Promise<DataSource | null> {
  if (path !== undefined) return { kind: 'file', file: await fileAt(path, basename(path)) };
  switch (ref.kind) {
    case 'testbed':
      return null;
    case 'sample':
      return { kind: 'file', file: await fileAt(SAMPLE, 'sample.png') };
    case 'url':
      return { kind: 'url', url: ref.url };
    case 'file':
      throw new UserError(`the link is about the file ${ref.name}: give it with --file`);
    default:
      return ref satisfies never;
  }
}

async function fileAt(path: string | URL, name: string): Promise<File> {
  try {
    return new File([await readFile(path)], name);
  } catch (error) {
    if (isUserError(error)) throw error;
    throw new UserError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
