import { expect, test } from 'vitest';
import { load } from './load';
import { writeNpy } from './npy';
import { openUrl } from './url';

const image = () => Promise.reject(new Error('no picture here'));
const URL_OF = 'https://data.example/models/a.npy';

/** A server of the bytes that logs how many it has sent. */
function server(
  bytes: Uint8Array<ArrayBuffer>,
  { ranges = true, sent = [] as number[], length = true } = {},
): typeof fetch {
  return async (_, init) => {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range') ?? '') ?? [];
    const part = ranges ? bytes.slice(Number(from), Number(to) + 1) : bytes;
    sent.push(part.length);
    const headers = new Headers(length ? { 'content-length': `${part.length}` } : {});
    if (ranges)
      headers.set('content-range', `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`);
    return new Response(part, { status: ranges ? 206 : 200, headers });
  };
}

test('reads one tensor of a large file by ranges, and only that', async () => {
  const header = JSON.stringify({
    big: { dtype: 'F32', shape: [500, 500], data_offsets: [0, 1000000] },
    small: { dtype: 'F32', shape: [1, 2], data_offsets: [1000000, 1000008] },
  });
  const bytes = new Uint8Array(8 + header.length + 1000008);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  bytes.set(new Uint8Array(Float32Array.of(3, 4).buffer), bytes.length - 8);
  const sent: number[] = [];
  const loaded = await load(
    await openUrl('https://data.example/m.safetensors', undefined, server(bytes, { sent })),
    { image },
  );
  if (loaded.kind !== 'tensors') throw new Error(loaded.kind);
  expect([...(await loaded.read('small')).values]).toEqual([3, 4]);
  expect(sent.reduce((a, b) => a + b)).toBeLessThan(2000);
});

const small = writeNpy({ rows: 2, cols: 200, values: new Float32Array(400).fill(2) });

test.each([true, false])('reads a small file whole (ranges: %s)', async (ranges) => {
  const loaded = await load(await openUrl(URL_OF, undefined, server(small, { ranges })), { image });
  expect(loaded).toMatchObject({ kind: 'matrix', matrix: { rows: 2, cols: 200, name: 'a.npy' } });
});

test.each<[string, string, typeof fetch, RegExp]>([
  [
    'a server without ranges or lengths',
    URL_OF,
    server(small, { ranges: false, length: false }),
    /only whole.*drop it here/,
  ],
  [
    'a network failure or CORS',
    URL_OF,
    () => Promise.reject(new TypeError('Failed to fetch')),
    /data\.example could not be reached/,
  ],
  ['404', URL_OF, async () => new Response('', { status: 404 }), /answered 404 for a\.npy/],
  [
    'a range of unknown size',
    URL_OF,
    async () => new Response('x', { status: 206 }),
    /does not say how large/,
  ],
  ['http', 'http://data.example/a', server(small), /no https address/],
  ['a script', 'javascript:alert(1)', server(small), /no https address/],
])('refuses %s with a sentence', async (_, url, get, message) => {
  await expect(openUrl(url, undefined, get)).rejects.toThrow(message);
});

test('passes an abort on as it is', async () => {
  const stop = AbortSignal.abort();
  await expect(openUrl(URL_OF, stop, () => Promise.reject(stop.reason))).rejects.toBe(stop.reason);
});
