import { expect, test } from 'vitest';
import type { Home, Tensor } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { type AttentionOptions, attention, attentionWithStats, planAttention } from './attention';
import { deviation } from './attention_twin';

interface Case {
  lead?: number[];
  nq: number;
  nk: number;
  d: number;
  dv?: number;
}

function operands(home: Home, { lead = [], nq, nk, d, dv = d }: Case, size = 1): [Tensor, Tensor, Tensor] {
  const shapes = [
    [...lead, nq, d],
    [...lead, nk, d],
    [...lead, nk, dv],
  ];
  const make = (shape: number[], stream: number): Tensor => {
    const count = shape.reduce((a, b) => a * b, 1);
    return home.tensor(
      shape,
      normals(5, stream, count).map((x) => x * size),
    );
  };
  return [make(shapes[0], 0), make(shapes[1], 1), make(shapes[2], 2)];
}

/** The GPU's answer against float64 within the derived bound, and every buffer given back. */
async function check(shape: Case, options: AttentionOptions = {}, size = 1): Promise<void> {
  const { gpu, cpu } = await homes();
  await gpu.scope(async () => {
    const got = await attentionWithStats(...operands(gpu, shape, size), options);
    const twin = operands(cpu, shape, size);
    const want = await attentionWithStats(...twin, options);
    expect(got.o.shape).toEqual(want.o.shape);
    const mirror = {
      o: cpu.wrap(got.o.shape, Float64Array.from(await gpu.read(got.o))),
      stats: cpu.wrap(got.stats.shape, Float64Array.from(await gpu.read(got.stats))),
    };
    const found = deviation(mirror, want, ...twin, planAttention(...twin, options), options);
    expect(found.ratio, found.what).toBeLessThanOrEqual(1);
  });
  expect(gpu.bytes).toBe(0);
  gpu.dispose();
}

const cases: Case[] = [
  { nq: 1, nk: 1, d: 1 },
  { nq: 3, nk: 1, d: 3 },
  { nq: 1, nk: 7, d: 4, dv: 5 },
  { nq: 4, nk: 8, d: 4 },
  { nq: 5, nk: 9, d: 8, dv: 12 },
  { nq: 63, nk: 31, d: 16 },
  { nq: 64, nk: 32, d: 32 },
  { nq: 65, nk: 33, d: 36 },
  { nq: 67, nk: 101, d: 64 },
  { nq: 130, nk: 67, d: 128 },
  { nq: 31, nk: 257, d: 20, dv: 68 },
  { lead: [2, 3], nq: 17, nk: 19, d: 12 },
  { nq: 0, nk: 3, d: 4 },
];

test.each(cases)(
  'attention of $nq rows to $nk keys, d $d, is within its bound in the default variant',
  async (shape) => {
    await check(shape);
    await check(shape, { causal: true });
  },
);

test.each(cases)('the rows variant agrees at $nq x $nk, d $d', async (shape) => {
  await check(shape, { variant: 'rows' });
  await check(shape, { variant: 'rows', causal: true, keyNorm: 0.1 });
});

test.each(cases)('the workgroup variant agrees at $nq x $nk, d $d', async (shape) => {
  // One pipeline for all: barriers are slow to compile on a software adapter.
  await check(shape, { variant: 'workgroup', keyNorm: 0.1 });
  await check(shape, { variant: 'workgroup', causal: true, keyNorm: 0.1, parts: 3 });
});

test('keys in parts give the same, also where a causal row sees nothing of a part', async () => {
  for (const parts of [2, 5, 100]) {
    await check({ nq: 33, nk: 90, d: 8 }, { parts });
    await check({ lead: [2], nq: 70, nk: 90, d: 8 }, { parts, causal: true });
  }
});

test('large scores neither overflow nor lose the largest key', async () => {
  await check({ nq: 9, nk: 40, d: 8 }, { scale: 1 }, 10);
  const { gpu } = await homes();
  const q = gpu.tensor([1, 1], [100]);
  const o = await attention(q, gpu.tensor([2, 1], [100, -100]), gpu.tensor([2, 1], [3, 5]), { scale: 1 });
  expect([...(await gpu.read(o))]).toEqual([3]);
});

test('a bias, the squared norms of the keys, and stats as a bias', async () => {
  for (const variant of ['rows', 'quad'] as const) {
    const { gpu, cpu } = await homes();
    const results: ArrayLike<number>[] = [];
    for (const home of [gpu, cpu]) {
      const [q, k, v] = operands(home, { lead: [2], nq: 11, nk: 13, d: 8 });
      const bias = home.tensor([2, 13], normals(5, 7, 26));
      const first = await attentionWithStats(k, q, await attention(q, k, v, { bias, variant }), {
        keyNorm: 0.5,
        variant,
      });
      results.push(await home.read(await attention(q, k, first.o, { bias: first.stats, variant })));
    }
    // Three attentions, each within a few units of 2^-24 times its logits, which are below 20 here.
    Array.from(results[0]).forEach((x, i) => {
      expect(Math.abs(x - results[1][i])).toBeLessThanOrEqual(3 * 200 * 2 ** -24 * 4);
    });
  }
});

test('equal keys average the values, and weights add up to one', async () => {
  const { gpu } = await homes();
  const [q, , v] = operands(gpu, { nq: 6, nk: 50, d: 4 });
  const got = await gpu.read(await attention(q, gpu.tensor([50, 4]), v));
  const values = await gpu.read(v);
  for (let c = 0; c < 4; c++) {
    let mean = 0;
    for (let j = 0; j < 50; j++) mean += values[4 * j + c] / 50;
    for (let i = 0; i < 6; i++)
      expect(Math.abs(got[4 * i + c] - mean)).toBeLessThanOrEqual(60 * 2 ** -24 * 4);
  }
  const ones = gpu.tensor([50, 1], new Array(50).fill(1));
  for (const x of await gpu.read(
    await attention(q, q.shape[0] === 6 ? gpu.tensor([50, 4], normals(1, 1, 200)) : q, ones),
  )) {
    expect(Math.abs(x - 1)).toBeLessThanOrEqual(60 * 2 ** -24);
  }
});

test('one head of keys serves a batch of queries', async () => {
  const { gpu, cpu } = await homes();
  const q = normals(6, 0, 2 * 5 * 8);
  const k = normals(6, 1, 9 * 8);
  const run = async (home: Home) =>
    home.read(await attention(home.tensor([2, 5, 8], q), home.tensor([9, 8], k), home.tensor([9, 8], k)));
  const [got, want] = [await run(gpu), await run(cpu)];
  got.forEach((x, i) => {
    expect(Math.abs(x - want[i])).toBeLessThanOrEqual(300 * 2 ** -24 * 4);
  });
});

test('a causal row does not depend on later keys', async () => {
  const { gpu } = await homes();
  const make = (changed: boolean) => {
    const [q, k, v] = ['q', 'k', 'v'].map((_, s) => normals(8, s, 40 * 8));
    if (changed) for (let i = 20 * 8; i < 40 * 8; i++) k[i] = v[i] = 1e3;
    return [q, k, v].map((x) => gpu.tensor([40, 8], x)) as [Tensor, Tensor, Tensor];
  };
  const a = await gpu.read(await attention(...make(false), { causal: true }));
  const b = await gpu.read(await attention(...make(true), { causal: true }));
  expect([...a.slice(0, 20 * 8)]).toEqual([...b.slice(0, 20 * 8)]);
  expect([...a.slice(20 * 8)]).not.toEqual([...b.slice(20 * 8)]);
});

test('refuses shapes that do not fit, naming them', async () => {
  const { gpu, cpu } = await homes();
  for (const home of [gpu, cpu]) {
    const t = (m: number, n: number) => home.tensor([m, n]);
    await expect(attention(t(2, 3), t(4, 5), t(4, 3))).rejects.toThrow('queries have 3 columns and keys 5');
    await expect(attention(t(2, 3), t(4, 3), t(5, 3))).rejects.toThrow('4 keys and 5 values');
    await expect(attention(t(2, 3), t(0, 3), t(0, 3))).rejects.toThrow('nothing to attend to');
    await expect(attention(t(2, 3), t(4, 3), t(4, 3), { bias: t(1, 3) })).rejects.toThrow(
      '3 numbers for 4 keys',
    );
  }
});

test('verify passes right answers and finds the float64 twin', async () => {
  const { gpu } = await homes({ verify: true });
  const [q, k, v] = operands(gpu, { nq: 20, nk: 30, d: 8 });
  const { stats } = await attentionWithStats(q, k, v);
  expect(stats.shape).toEqual([20, 2]);
});
