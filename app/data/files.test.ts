import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { isUserError } from '../math/errors';
import { toFloat16 } from '../math/float16';
import { load } from './load';
import { writeNpy } from './npy';
import type { ImageDecoder, Loaded, MatrixData } from './source';

const decode: ImageDecoder = async (bytes) => {
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgba: new Uint8ClampedArray(data) };
};

const open = (content: Uint8Array | string, name = 'a.bin', limits = { side: 1000, entries: 10000 }) =>
  load(
    new File([typeof content === 'string' ? content : new Uint8Array(content)], name),
    { image: decode },
    limits,
  );

async function matrixOf(content: Uint8Array | string, tensor?: string): Promise<MatrixData> {
  const loaded = await open(content);
  if (loaded.kind === 'tensors') return loaded.read(tensor ?? loaded.tensors[0].name);
  return loaded.kind === 'matrix' ? loaded.matrix : loaded.picture;
}

const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

function npy(dict: string, data: Uint8Array, version = 1): Uint8Array {
  const size = [dict.length & 255, dict.length >> 8];
  return join(
    ascii(`\x93NUMPY${String.fromCharCode(version)}\0`),
    Uint8Array.from(version === 1 ? size : [...size, 0, 0]),
    ascii(dict),
    data,
  );
}

const dict = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }   \n`;

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

function tensors(header: Record<string, unknown> | string, data: Uint8Array): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const length = new Uint8Array(new BigUint64Array([BigInt(text.length)]).buffer);
  return join(length, ascii(text), data);
}

const tensor = (dtype: string, shape: number[], from: number, to: number) => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

describe('npy', () => {
  test.each([1, 2, 3])('reads version %i', async (version) => {
    const read = await matrixOf(npy(dict('<f4', '2, 3'), floats(1, 2, 3, 4, 5, 6), version));
    expect([read.rows, read.cols, ...read.values]).toEqual([2, 3, 1, 2, 3, 4, 5, 6]);
  });

  test('turns Fortran order and big-endian entries round', async () => {
    const big = Uint8Array.from([0, 1, 0, 4, 0, 2, 0, 5, 255, 253, 0, 6]);
    expect([...(await matrixOf(npy(dict('>i2', '2, 3', 'True'), big))).values]).toEqual([1, 2, -3, 4, 5, 6]);
  });

  test.each<[string, ArrayBuffer, number]>([
    ['<f2', Uint16Array.of(toFloat16(-2.5)).buffer, -2.5],
    ['=f8', Float64Array.of(1e-300).buffer, 1e-300],
    ['|i1', Int8Array.of(-7).buffer, -7],
    ['<i4', Int32Array.of(-70000).buffer, -70000],
    ['<i8', BigInt64Array.of(-(2n ** 40n)).buffer, -(2 ** 40)],
    ['|u1', Uint8Array.of(250).buffer, 250],
    ['<u2', Uint16Array.of(65535).buffer, 65535],
    ['<u4', Uint32Array.of(2 ** 32 - 1).buffer, 2 ** 32 - 1],
    ['<u8', BigUint64Array.of(2n ** 52n).buffer, 2 ** 52],
    ['|b1', Uint8Array.of(1).buffer, 1],
  ])('reads entries of type %s', async (descr, buffer, value) => {
    expect((await matrixOf(npy(dict(descr, '1, 1'), new Uint8Array(buffer)))).values[0]).toBe(value);
  });

  test('folds more dimensions to the first by the rest, and says so', async () => {
    const read = await matrixOf(npy(dict('<f4', '2, 2, 2'), floats(1, 2, 3, 4, 5, 6, 7, 8)));
    expect(read).toMatchObject({
      rows: 2,
      cols: 4,
      note: expect.stringContaining('2 x 2 x 2 was folded to 2 x 4'),
    });
    expect(await matrixOf(npy(dict('<f4', '3,'), floats(1, 2, 3)))).toMatchObject({ rows: 3, cols: 1 });
  });

  test('reads back what it writes, in both widths', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (rows, cols, isSingle) => {
          const raw = Array.from({ length: rows * cols }, (_, i) => Math.sin(i) * 1e3);
          const values = isSingle ? Float32Array.from(raw) : Float64Array.from(raw);
          const read = await matrixOf(writeNpy({ rows, cols, values }));
          expect([read.rows, read.cols]).toEqual([rows, cols]);
          expect([...read.values]).toEqual([...values]);
        },
      ),
      { numRuns: 100 },
    );
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['an object array', npy(dict('|O', '2, 2'), floats(1)), /\|O.*np\.asarray\(a, dtype=np\.float32\)/],
    ['complex entries', npy(dict('<c8', '1, 1'), floats(1, 2)), /<c8/],
    ['strings', npy(dict('<U3', '1, 1'), floats(1, 2, 3)), /<U3/],
    [
      'a structured type',
      npy("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,)}", floats(1)),
      /structured/,
    ],
    ['a truncated file', npy(dict('<f4', '2, 2'), floats(1, 2, 3)), /12 bytes of data, 16 are due/],
    ['too many bytes', npy(dict('<f4', '1, 2'), floats(1, 2, 3)), /damaged/],
    ['a huge shape', npy(dict('<f4', '99999999, 99999999'), floats(1)), /at most/],
    ['an empty matrix', npy(dict('<f4', '0, 4'), floats()), /0 x 4/],
    ['a huge header', join(ascii('\x93NUMPY\x02\0\xff\xff\xff\x7f'), floats(1)), /header/],
    ['code in the header', npy("{'descr': __import__('os')}", floats(1)), /header cannot be read/],
    ['another version', npy(dict('<f4', '1, 1'), floats(1), 9), /version 9/],
    [
      'a NaN',
      npy(dict('<f4', '2, 2'), floats(1, 2, NaN, Infinity)),
      /2 of 4 values are not finite; the first is NaN at row 2, column 1/,
    ],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(matrixOf(bytes)).rejects.toThrow(message);
    expect(await matrixOf(bytes).catch(isUserError)).toBe(true);
  });
});

describe('text', () => {
  test.each<[string, string, number[][], string | undefined]>([
    [
      'commas',
      '1,2\n3,4\n',
      [
        [1, 2],
        [3, 4],
      ],
      undefined,
    ],
    [
      'tabs and a byte order mark',
      '\ufeff1\t2\r\n3\t-4e-1\r\n',
      [
        [1, 2],
        [3, -0.4],
      ],
      undefined,
    ],
    [
      'semicolons',
      '1.5;2\n3;4',
      [
        [1.5, 2],
        [3, 4],
      ],
      undefined,
    ],
    [
      'spaces and comments',
      '# made by hand\n 1 2\n3   4\n\n',
      [
        [1, 2],
        [3, 4],
      ],
      undefined,
    ],
    ['one number', '7', [[7]], undefined],
    ['headings', 'a,b\n1,2', [[1, 2]], 'headings'],
    [
      'headings and labels',
      ',x,y\nup,1,2\ndown,3,4',
      [
        [1, 2],
        [3, 4],
      ],
      'row labels',
    ],
    ['one column with a heading', 'value\n1\n2', [[1], [2]], 'headings'],
  ])('reads %s', async (_, text, rows, note) => {
    const read = await matrixOf(text);
    expect([read.rows, read.cols]).toEqual([rows.length, rows[0].length]);
    expect([...read.values]).toEqual(rows.flat());
    if (note === undefined) expect(read.note).toBeUndefined();
    else expect(read.note).toContain(note);
  });

  test.each<[string, string, RegExp]>([
    ['nothing', '', /is empty/],
    ['blank lines', '\n\n \n', /is empty/],
    ['an empty cell', '1,2\n3,\n', /line 2, column 2 is empty/],
    ['a word', '1,2\n3,x\n', /line 2, column 2 holds "x"/],
    ['hexadecimal', '1,2\n3,0x10\n', /0x10/],
    ['ragged lines', '1,2\n3\n', /line 2 has 1 cells, line 1 has 2/],
    ['decimal commas', '1,5;2,5\n3,5;4,5', /decimal|number/],
    ['infinity', '1,2\n3,inf', /Infinity at row 2, column 2/],
    ['too many columns', Array(1002).fill('1').join(','), /more than 1000 columns/],
    ['too many rows', '1\n'.repeat(1500), /more than 1000 rows/],
  ])('refuses %s', async (_, text, message) => {
    await expect(matrixOf(text)).rejects.toThrow(message);
    expect(await matrixOf(text).catch(isUserError)).toBe(true);
  });
});

describe('safetensors', () => {
  test('lists the tensors and reads one', async () => {
    const file = tensors(
      {
        __metadata__: { format: 'pt' },
        a: tensor('F32', [1, 2], 0, 8),
        k: tensor('BF16', [2, 1, 1, 2], 8, 16),
      },
      join(floats(1, 2), Uint8Array.from([0x80, 0x3f, 0, 0xc0, 0, 0x40, 0x40, 0x40])),
    );
    const loaded = await open(file);
    expect(loaded.kind === 'tensors' && loaded.tensors.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['a', 8],
      ['k', 8],
    ]);
    expect(await matrixOf(file, 'a')).toMatchObject({ rows: 1, cols: 2, values: Float32Array.of(1, 2) });
    const kernel = await matrixOf(file, 'k');
    expect(kernel).toMatchObject({ rows: 2, cols: 2, values: Float32Array.of(1, -2, 2, 3) });
    expect(kernel.note).toContain('folded');
    await expect(matrixOf(file, 'nope')).rejects.toThrow(/no tensor "nope"/);
  });

  test.each<[string, Uint8Array, RegExp]>([
    [
      'offsets outside the file',
      tensors({ a: tensor('F32', [2], 4, 12) }, floats(1, 2)),
      /outside the 8 bytes/,
    ],
    ['negative offsets', tensors({ a: tensor('F32', [2], -8, 0) }, floats(1, 2)), /no valid offsets/],
    [
      'overlap',
      tensors({ a: tensor('F32', [2], 0, 8), b: tensor('F32', [1], 4, 8) }, floats(1, 2)),
      /share bytes/,
    ],
    [
      'a shape of another length',
      tensors({ a: tensor('F32', [3], 0, 8) }, floats(1, 2)),
      /its shape takes 12/,
    ],
    ['a shape of fractions', tensors({ a: tensor('F32', [0.5, 4], 0, 8) }, floats(1, 2)), /no valid shape/],
    ['a type that is not read', tensors({ a: tensor('F8_E4M3', [8], 0, 8) }, floats(1, 2)), /F8_E4M3.*F32/],
    ['a header that is no object', tensors('{]', floats(1)), /no JSON object/],
    [
      'a header beyond the file',
      join(Uint8Array.from([255, 255, 0, 0, 0, 0, 0, 0]), ascii('{}')),
      /ends inside/,
    ],
    ['a huge header', join(Uint8Array.from([0, 0, 0, 255, 0, 0, 0, 0]), ascii('{}')), /header of/],
    ['no tensors', tensors({}, floats(1)), /no tensors/],
    ['a NaN', tensors({ a: tensor('F32', [2], 0, 8) }, floats(1, NaN)), /NaN at row 2/],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(matrixOf(bytes)).rejects.toThrow(message);
    expect(await matrixOf(bytes).catch(isUserError)).toBe(true);
  });

  test('takes the name of a constructor as a name, and refuses __proto__', async () => {
    const one = JSON.stringify(tensor('F32', [1], 0, 4));
    expect((await matrixOf(tensors(`{"constructor": ${one}}`, floats(5)))).values[0]).toBe(5);
    for (const header of [
      `{"__proto__": {"x": 1}, "a": ${one}}`,
      `{"a": {"__proto__": 1, ${one.slice(1)}}`,
    ]) {
      await expect(matrixOf(tensors(header, floats(5)))).rejects.toThrow(/no JSON object without __proto__/);
    }
  });
});

describe('pictures', () => {
  const rgba = Uint8Array.from([
    255, 0, 0, 255, 10, 20, 30, 255, 0, 0, 0, 0, 0, 0, 0, 255, 9, 9, 9, 255, 0, 255, 0, 255,
  ]);
  const made = sharp(rgba, { raw: { width: 3, height: 2, channels: 4 } });

  test.each([
    ['png', () => made.clone().png()],
    ['webp', () => made.clone().webp({ lossless: true, exact: true })],
  ] as const)('reads %s by its content, transparency over white', async (_, encode) => {
    const loaded = await open(await encode().toBuffer(), 'mislabelled.npy');
    if (loaded.kind !== 'picture') throw new Error(loaded.kind);
    const { rows, cols, values, channels } = loaded.picture;
    expect([rows, cols]).toEqual([2, 3]);
    expect(values[0]).toBe(Math.fround(0.2126));
    expect(values[1]).toBe(Math.fround((0.2126 * 10 + 0.7152 * 20 + 0.0722 * 30) / 255));
    expect(values[2]).toBeCloseTo(1, 6);
    expect(channels?.g[5]).toBe(1);
  });

  test('gives a grey picture no channels, and reads JPEG', async () => {
    const grey = await sharp(new Uint8Array(64).fill(100), { raw: { width: 8, height: 8, channels: 1 } })
      .jpeg()
      .toBuffer();
    const loaded = await open(grey);
    expect(loaded.kind === 'picture' && [loaded.picture.channels, loaded.picture.rows]).toEqual([
      undefined,
      8,
    ]);
  });

  test('refuses a picture that is cut off or too large', async () => {
    const png = await made.clone().png().toBuffer();
    await expect(open(png.subarray(0, 40))).rejects.toThrow(/could not be decoded/);
    await expect(open(png, 'p.png', { side: 2, entries: 100 })).rejects.toThrow(/3 x 2 pixels/);
  });

  test('ships a sample picture of 768 x 512 in colour below 900 KB', async () => {
    const { readFile } = await import('node:fs/promises');
    const bytes = await readFile('public/sample.png');
    const loaded = await open(bytes, 'sample.png', { side: 1000, entries: 1e6 });
    expect(loaded).toMatchObject({ kind: 'picture', picture: { rows: 512, cols: 768, channels: {} } });
    expect(bytes.length).toBeLessThan(900 * 1024);
  });
});

test.each<[string, Uint8Array, RegExp]>([
  ['npz', ascii('PK\x03\x04........arr_0.npy'), /npz.*np\.save/],
  ['a PyTorch file', ascii('PK\x03\x04......archive/data.pkl'), /PyTorch.*safetensors/],
  ['a zip archive', ascii('PK\x03\x04......readme'), /zip/],
  ['a pickle', ascii('\x80\x02]q'), /pickle/],
  ['HEIC', ascii('\0\0\0\x18ftypheic'), /HEIC.*JPEG/],
  ['PDF', ascii('%PDF-1.7'), /PDF/],
  ['a web page', ascii('<!DOCTYPE html><html>404'), /web page/],
  ['a Git LFS pointer', ascii('version https://git-lfs.github.com/spec/v1\noid'), /LFS/],
  ['other bytes', Uint8Array.from([1, 0, 2, 0, 200, 255]), /unknown kind/],
])('refuses %s by its name, with the cure', async (_, bytes, message) => {
  await expect(open(bytes, 'model.npy')).rejects.toThrow(message);
});

test('answers mutated files with a right matrix or a UserError', async () => {
  const seeds = [
    npy(dict('<f4', '2, 3'), floats(1, 2, 3, 4, 5, 6)),
    npy(dict('>f8', '2, 1', 'True'), new Uint8Array(16), 2),
    tensors({ a: tensor('F32', [1, 2], 0, 8), b: tensor('F16', [2, 2], 8, 16) }, floats(1, 2, 3, 4)),
    ascii(',x,y\nup,1,2\ndown,3,"4"\n'),
    ascii('1;2\n3;4e5\n'),
  ];
  const mutation = fc.record({
    seed: fc.constantFrom(...seeds),
    edits: fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 5 }),
    cut: fc.option(fc.nat(200), { freq: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(mutation, async ({ seed, edits, cut }) => {
      const bytes = seed.slice(0, cut ?? seed.length);
      for (const [at, value] of edits) if (bytes.length > 0) bytes[at % bytes.length] = value;
      let loaded: Loaded;
      try {
        loaded = await open(bytes);
        const read =
          loaded.kind === 'tensors' ? await loaded.read(loaded.tensors[0].name) : await matrixOf(bytes);
        expect(read.values.length).toBe(read.rows * read.cols);
        expect(read.values.every(Number.isFinite)).toBe(true);
        expect(read.values.length).toBeGreaterThan(0);
      } catch (error) {
        if (!isUserError(error)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
});
