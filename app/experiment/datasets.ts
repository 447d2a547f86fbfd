/**
 * Gets a person's data ready for runs: fetched, hashed, decoded, one tensor chosen. The decoder of pictures
 * differs between a worker and Node and is handed in.
 */

import { load } from '../data/load';
import type { ImageDecoder, Loaded, PictureData } from '../data/source';
import { openUrl } from '../data/url';
import { UserError } from '../math/errors';
import type { DataOptions, DataSource, DataSummary } from './protocol';

export interface Dataset {
  summary: DataSummary;
  /** null where a tensor must be chosen first. */
  data: PictureData | null;
}

const LARGEST = 2 ** 30;

/** A dataset of the source. @throws UserError where it cannot be read or has no such tensor. */
export async function openDataset(
  source: DataSource,
  options: DataOptions,
  decodeImage: ImageDecoder,
): Promise<Dataset> {
  const file = source.kind === 'file' ? source.file : await openUrl(source.url);
  if (file.size > LARGEST) {
    throw new UserError(`${file.name} has ${file.size} bytes, more than ${LARGEST}: choose a smaller file`);
  }
  // An address names its data itself, and hashing it whole would defeat the reading by ranges.
  const named = source.kind === 'file' ? source.file : new Blob([source.url]);
  const [hash, loaded] = await Promise.all([contentHash(named), load(file, { image: decodeImage })]);
  return describe(file.name, hash, loaded, options);
}

async function describe(name: string, hash: string, loaded: Loaded, options: DataOptions): Promise<Dataset> {
  switch (loaded.kind) {
    case 'matrix':
      return dataset(loaded.matrix, { hash, key: hash, name });
    case 'picture': {
      const { channels, ...grey } = loaded.picture;
      if (!options.colour || !channels) return dataset(grey, { hash, key: hash, name });
      return dataset(loaded.picture, { hash, key: `${hash}:colour`, name });
    }
    case 'tensors': {
      const tensors = loaded.tensors.map(({ name: entry, dtype, shape }) => ({ name: entry, dtype, shape }));
      const wanted = options.tensor ?? (tensors.length === 1 ? tensors[0].name : undefined);
      if (wanted === undefined) {
        return { summary: { key: null, name, rows: 0, cols: 0, colour: false, hash, tensors }, data: null };
      }
      if (!tensors.some((entry) => entry.name === wanted)) {
        const names = tensors.map((entry) => entry.name).slice(0, 8);
        throw new UserError(`${name} has no tensor "${wanted}": choose ${names.join(', ')}`);
      }
      const made = dataset(await loaded.read(wanted), { hash, key: `${hash}:${wanted}`, name });
      return { ...made, summary: { ...made.summary, tensors } };
    }
    default:
      return loaded satisfies never;
  }
}

function dataset(data: PictureData, named: { hash: string; key: string; name: string }): Dataset {
  const { rows, cols, note } = data;
  return { summary: { ...named, rows, cols, colour: data.channels !== undefined, note }, data };
}

/** The first 16 hexadecimal digits of the SHA-256 of the bytes; zeros on insecure pages, which have no SHA-256. */
async function contentHash(file: Blob): Promise<string> {
  if (!globalThis.crypto?.subtle) return '0'.repeat(16);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
