import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from './commands';

const folder = mkdtempSync(join(tmpdir(), 'rankscope-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function lab(...args: string[]) {
  let out = '';
  let err = '';
  const code = await main(args, {
    out: async (text) => {
      out += text;
    },
    err: async (text) => {
      err += text;
    },
    isTerminal: false,
  });
  return { code, out, err };
}

/** A safetensors file with zeros under these names. */
function safetensors(name: string, entries: string[]): string {
  const header: Record<string, object> = {};
  for (const [i, entry] of entries.entries()) {
    header[entry] = { dtype: 'F32', shape: [2, 2], data_offsets: [16 * i, 16 * i + 16] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(16 * entries.length)]));
  return path;
}

describe('a wrong call ends with 2, says why, and prints nothing on standard output', () => {
  const several = safetensors('several.safetensors', ['first', 'second']);
  test.each([
    [['swap', 'rsvd'], /no command "swap": choose list, run, sweep, league, bench, bounds, info, help/],
    [['league', 'adaptt'], /no testbed "adaptt" .*choose .*adapt/],
    [['league', 'adapt', '--equal', 'luck'], /choose none, parameters, time, flop/],
    [['league', 'adapt', '--only', 'rsvd'], /no method "rsvd": it has dylora/],
    [['sweep', 'rsvd'], /sweep needs --over/],
    [['sweep', 'rsvd', '--over', 'rank=4,9999'], /rank 9999 is above/],
    [['sweep', 'rsvd', '--over', 'rank=4', '--seeds', '4..2'], /write 0\.\.4/],
    [['sweep', 'rsvd', '--over', 'rank=4', '--metric', 'wat'], /no metric "wat"/],
    [['run'], /one method or link, not 0/],
    [['run', 'nothing'], /no method is called "nothing"/],
    [['run', '#/nothing?rank=1'], /no method is called "nothing"/],
    [['run', 'rsvd', '--set', 'rank'], /not of the form key=value/],
    [['run', 'rsvd', '--set', 'rang=3'], /no parameter "rang"/],
    [['run', 'rsvd', '--set', 'rank=-1'], /rank -1 is below/],
    [['run', 'rsvd', '--seed', 'x'], /seed "x" is not a number/],
    [['run', 'rsvd', '--home', 'moon'], /choose gpu or cpu/],
    [['run', 'rsvd', '--file', join(folder, 'absent.npy')], /absent\.npy cannot be read/],
    [
      ['run', 'rsvd', '--file', several],
      /2 tensors: choose one with --tensor\n {2}first {2}2 x 2 {2}F32\n {2}second/,
    ],
    [['run', 'rsvd', '--file', several, '--tensor', 'third'], /no tensor "third": choose first, second/],
    [['run', '#/rsvd?data=file:a.npy:0123456789abcdef'], /give it with --file/],
    [['run', 'rsvd', '--wat'], /--wat/],
    [['run', 'matmul', '--factors', 'f'], /matmul has no factors/],
    [['run', 'rsvd', '--factors', 'f', '--precision', 'f8'], /choose f32, f16, int8, int4, nf4/],
    [['run', 'rsvd', '--precision', 'f16'], /--precision is about --factors/],
    [['sweep', 'rsvd', '--over', 'rank=4', '--factors', 'f'], /a sweep keeps no factors/],
    [['bench', '--only', 'matmull'], /no benchmark begins with "matmull": choose among matmul,/],
    [['bench', '--set', 'huge'], /choose standard, large, sweep, tiny/],
    [['bounds', '--only', 'matmull'], /no operation begins with "matmull"/],
    [
      ['bench', '--variants', '--only', 'axpby'],
      /no operation with variants begins with "axpby": choose among matmul,/,
    ],
    [['bench', '--variants', '--home', 'cpu'], /leave out --home cpu/],
    [['bench', '--samples', '0'], /samples "0" is not a whole number/],
    [[], /run <method or link>/],
  ])('%j', async (args, message) => {
    const { code, out, err } = await lab(...args);
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, '']);
  });
});

test('bounds says how near every operation comes to its bound', async () => {
  const { code, out } = await lab('bounds', '--only', 'random_', '--json');
  const { rows }: { rows: { operation: string; shapes: number; worst: number }[] } = JSON.parse(out);
  expect(code).toBe(0);
  expect(rows.map(({ operation }) => operation)).toEqual([
    'random_normal',
    'random_uniform',
    'random_signs',
    'random_bits',
  ]);
  for (const { shapes, worst } of rows) {
    expect(shapes).toBeGreaterThanOrEqual(12);
    expect(worst).toBeLessThanOrEqual(1);
  }
  expect((await lab('bounds', '--only', 'random_b')).out).toMatch(/random_bits +12 +exact/);
});

test('list prints one JSON value that describes every method', async () => {
  const { code, out } = await lab('list', '--json');
  const all: { id: string; parameters: { key: string }[]; metrics: object[]; claims: object[] }[] =
    JSON.parse(out);
  const rsvd = all.find(({ id }) => id === 'rsvd');
  expect(code).toBe(0);
  expect(rsvd?.parameters.map(({ key }) => key)).toContain('rank');
  expect((await lab('list')).out).toContain('rsvd');
});

test('help ends with 0', async () => {
  expect(await lab('help')).toMatchObject({ code: 0, err: '' });
});

test('run --factors writes the factors beside its answer, as one file or as a folder', async () => {
  const small = ['--home', 'cpu', '--set', 'm=24', '--set', 'n=20', '--set', 'rank=3', '--set', 'chunks=2'];
  const file = join(folder, 'out.safetensors');
  const { code, out, err } = await lab('run', 'rsvd', ...small, '--json', '--factors', file);
  expect(err).toContain(`Wrote U 24 x 3, S 3, Vh 3 x 20 as F32 to ${file}`);
  expect(code).toBe(0);
  const { metrics, factors } = JSON.parse(out);
  expect(factors.stored[0]).toMatchObject({ precision: 'f32', bytes: 4 * 3 * (24 + 20 + 1) });
  expect(Math.abs(factors.stored[0]['error.rsvd'] / metrics['error.rsvd'] - 1)).toBeLessThan(1e-5);
  const bytes = readFileSync(file);
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString());
  expect(header.__metadata__).toMatchObject({ method: 'rsvd', precision: 'f32' });
  expect(header.__metadata__.link).toMatch(/^#\/rsvd\?rank=3&.*m=24&n=20/);
  const npy = join(folder, 'npy');
  const text = await lab('run', 'rsvd', ...small, '--factors', npy, '--precision', 'f16');
  expect(text.out).toMatch(/NF4 +\d+/);
  expect(readdirSync(npy).sort()).toEqual(['S.npy', 'U.npy', 'Vh.npy']);
});
