/**
 * A file on a server, read by HTTP ranges, so that of a large .safetensors file only the header and one
 * tensor travel. It looks like a Blob to load(). A server without ranges sends small files whole.
 */

import { UserError } from '../math/errors';
import { shown } from './matrix';

/** What load() asks of a file: a Blob has it, and so has a file on a server. */
export interface FileLike {
  readonly name: string;
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
  arrayBuffer(): Promise<ArrayBuffer>;
}

const WHOLE_LIMIT = 2 ** 25;
const HEAD = 512;
const CURE = 'download the file and drop it here';

/** @throws UserError where the address is wrong, cannot be reached or does not allow what is needed. */
export async function openUrl(
  url: string,
  signal?: AbortSignal,
  get: typeof fetch = fetch,
): Promise<FileLike> {
  const { host, pathname } = addressOf(url);
  const last = pathname.split('/').at(-1) || host;
  const ask = async (start: number, end: number): Promise<Response> => {
    let response: Response;
    try {
      response = await get(url, { headers: { Range: `bytes=${start}-${end - 1}` }, signal });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new UserError(
        `${shown(host)} could not be reached, or does not let other sites read its files: ${CURE}`,
      );
    }
    if (!response.ok) {
      throw new UserError(`${shown(host)} answered ${response.status} for ${shown(last)}: check the address`);
    }
    return response;
  };

  const first = await ask(0, HEAD);
  if (first.status !== 206) return whole(first, last, host);
  const size = Number(/^bytes 0-\d+\/(\d+)$/.exec(first.headers.get('content-range') ?? '')?.[1] ?? NaN);
  if (!Number.isSafeInteger(size)) {
    throw new UserError(`${shown(host)} does not say how large ${shown(last)} is: ${CURE}`);
  }
  const head = await first.arrayBuffer();
  const read = async (start: number, end: number): Promise<ArrayBuffer> => {
    if (end <= head.byteLength) return head.slice(start, end);
    const response = await ask(start, end);
    const range = response.headers.get('content-range') ?? '';
    const bytes = response.status === 206 ? await response.arrayBuffer() : new ArrayBuffer(0);
    if (bytes.byteLength !== end - start || !range.startsWith(`bytes ${start}-${end - 1}/`)) {
      throw new UserError(`${shown(host)} sent other bytes of ${shown(last)} than were asked for: ${CURE}`);
    }
    return bytes;
  };
  const slice = (start: number, end: number) => ({ arrayBuffer: () => read(start, Math.min(end, size)) });
  return { name: last, size, slice, arrayBuffer: () => read(0, size) };
}

function addressOf(url: string): URL {
  const base = globalThis.location?.href;
  const address = URL.canParse(url, base) ? new URL(url, base) : null;
  const isLocal = address !== null && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(address.hostname);
  const isOwn = address !== null && address.origin === globalThis.location?.origin;
  if (address?.protocol === 'https:' || (address?.protocol === 'http:' && (isLocal || isOwn))) return address;
  throw new UserError(`${shown(url)} is no https address: give one that begins with https://`);
}

async function whole(response: Response, name: string, host: string): Promise<FileLike> {
  const length = Number(response.headers.get('content-length') ?? NaN);
  if (!(length <= WHOLE_LIMIT)) {
    await response.body?.cancel();
    throw new UserError(
      `${shown(host)} sends ${shown(name)} only whole, which is done up to ${WHOLE_LIMIT} bytes: ${CURE}`,
    );
  }
  return new File([await response.arrayBuffer()], name);
}
