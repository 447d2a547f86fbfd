import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUserError } from '../math/errors';
import { load } from './load';
import type { MatrixData } from './source';

const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const u16 = (x: number) => Uint8Array.of(x & 255, x >> 8);
const u32 = (x: number) => new Uint8Array(Uint32Array.of(x).buffer);
const chunk = (id: string, body: Uint8Array) =>
  join(ascii(id), u32(body.length), body, new Uint8Array(body.length % 2));

interface Spec {
  code?: number;
  channels?: number;
  bits: number;
  extra?: Uint8Array;
}

function wav(
  { code = 1, channels = 1, bits, extra = new Uint8Array() }: Spec,
  data: Uint8Array,
  ...before: Uint8Array[]
) {
  const frame = (channels * bits) / 8;
  const format = join(u16(code), u16(channels), u32(8000), u32(8000 * frame), u16(frame), u16(bits), extra);
  const body = join(ascii('WAVE'), ...before, chunk('fmt ', format), chunk('data', data));
  return join(ascii('RIFF'), u32(body.length), body);
}

async function read(bytes: Uint8Array): Promise<MatrixData> {
  const image = () => Promise.reject(new Error('no picture'));
  const loaded = await load(
    new File([new Uint8Array(bytes)], 'a.wav'),
    { image },
    { side: 100, entries: 1000 },
  );
  if (loaded.kind !== 'matrix') throw new Error(loaded.kind);
  return loaded.matrix;
}

test.each<[string, Spec, ArrayBuffer, number[]]>([
  ['8 bits', { bits: 8 }, Uint8Array.of(0, 128, 192).buffer, [-1, 0, 0.5]],
  ['16 bits', { bits: 16 }, Int16Array.of(-32768, 16384).buffer, [-1, 0.5]],
  ['24 bits', { bits: 24 }, Uint8Array.of(0, 0, 0x80, 1, 0, 0xff).buffer, [-1, (1 - 65536) / 2 ** 23]],
  ['32 bits', { bits: 32 }, Int32Array.of(2 ** 30).buffer, [0.5]],
  ['single floats', { bits: 32, code: 3 }, Float32Array.of(0.25, -2).buffer, [0.25, -2]],
  ['double floats', { bits: 64, code: 3 }, Float64Array.of(1e-3).buffer, [1e-3]],
  [
    'two channels by their mean',
    { bits: 16, channels: 2 },
    Int16Array.of(16384, 0, 8192, 8192).buffer,
    [0.25, 0.25],
  ],
  [
    'the extensible form',
    { bits: 16, code: 0xfffe, extra: join(u16(22), u16(16), u32(4), u16(1), new Uint8Array(14)) },
    Int16Array.of(-16384).buffer,
    [-0.5],
  ],
])('reads %s', async (_, spec, data, want) => {
  const matrix = await read(wav(spec, new Uint8Array(data)));
  expect([...matrix.values]).toEqual(want);
  expect(matrix).toMatchObject({ rows: want.length, cols: 1, note: expect.stringContaining('8000 Hz') });
});

test('skips what it does not know, odd lengths padded, and takes an unfinished recording to its end', async () => {
  const data = new Uint8Array(Int16Array.of(1, 2, 3).buffer);
  expect((await read(wav({ bits: 16 }, data, chunk('LIST', ascii('odd'))))).rows).toBe(3);
  const open = wav({ bits: 16 }, data);
  open.set(u32(2 ** 32 - 1), open.length - data.length - 4);
  expect((await read(open)).rows).toBe(3);
});

test('cuts a long recording and says so', async () => {
  const matrix = await read(wav({ bits: 8 }, new Uint8Array(250).fill(128)));
  expect(matrix.rows).toBe(100);
  expect(matrix.note).toContain('250 samples at 8000 Hz, one channel. The first 100 were taken.');
});

test.each<[string, Uint8Array, RegExp]>([
  ['compressed samples', wav({ bits: 4, code: 2 }, new Uint8Array(8)), /compressed samples \(2\).*16-bit/],
  ['an odd width', wav({ bits: 12 }, new Uint8Array(8)), /samples of 12 bits/],
  ['no samples', wav({ bits: 16 }, new Uint8Array()), /holds no samples/],
  ['no channels', wav({ bits: 16, channels: 0 }, new Uint8Array(4)), /holds no samples/],
  ['no data', ascii('RIFF\x04\0\0\0WAVE'), /damaged/],
  ['a cut format', join(ascii('RIFF\x20\0\0\0WAVEfmt '), u32(16), u16(1)), /cut off/],
  ['a NaN', wav({ bits: 32, code: 3 }, new Uint8Array(Float32Array.of(NaN).buffer)), /not finite/],
])('refuses %s', async (_, bytes, message) => {
  await expect(read(bytes)).rejects.toThrow(message);
  expect(await read(bytes).catch(isUserError)).toBe(true);
});

test('answers mutated files with finite samples or a UserError', async () => {
  const seeds = [
    wav({ bits: 16, channels: 2 }, new Uint8Array(64).fill(3)),
    wav({ bits: 24 }, new Uint8Array(33).fill(200)),
    wav({ bits: 64, code: 3 }, new Uint8Array(Float64Array.of(1, 2).buffer), chunk('fact', u32(2))),
  ];
  const edit = fc.tuple(fc.nat(120), fc.nat(255));
  const mutation = fc.tuple(
    fc.constantFrom(...seeds),
    fc.array(edit, { maxLength: 5 }),
    fc.option(fc.nat(120)),
  );
  await fc.assert(
    fc.asyncProperty(mutation, async ([seed, edits, cut]) => {
      const bytes = seed.slice(0, cut ?? seed.length);
      for (const [at, value] of edits) if (bytes.length > 0) bytes[at % bytes.length] = value;
      try {
        const matrix = await read(bytes);
        expect(matrix.values.length).toBe(matrix.rows * matrix.cols);
        expect(matrix.values.every(Number.isFinite)).toBe(true);
      } catch (error) {
        if (!isUserError(error)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});
