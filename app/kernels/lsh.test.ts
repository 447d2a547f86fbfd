import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { type Home, sizeOf, type Tensor } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { attention } from './attention';
import { featureAttention, features } from './features';
import { blendPaired, type LshPlan, lshAttention, lshHashes, lshPlan } from './lsh';
import { scatterbrainAttention } from './scatterbrain';

const draw = (home: Home, shape: number[], stream: number): Tensor =>
  home.tensor(
    shape,
    normals(13, stream, sizeOf(shape)).map((x) => x / 2),
  );

interface Case {
  n: number;
  d: number;
  dv: number;
  rounds: number;
  half: number;
  chunk: number;
}

const cases: Case[] = [
  { n: 1, d: 1, dv: 1, rounds: 1, half: 1, chunk: 1 },
  { n: 6, d: 3, dv: 5, rounds: 2, half: 2, chunk: 3 },
  { n: 64, d: 8, dv: 8, rounds: 3, half: 8, chunk: 16 },
  { n: 130, d: 12, dv: 4, rounds: 2, half: 3, chunk: 13 },
  { n: 300, d: 7, dv: 9, rounds: 4, half: 16, chunk: 5 },
];

const tokens = (home: Home, { n, d, dv }: Case) =>
  [draw(home, [n, d], 0), draw(home, [n, d], 1), draw(home, [n, dv], 2)] as const;

const rotations = (home: Home, { rounds, d, half }: Case) => draw(home, [rounds, d, half], 3);

/** Hashes are compared on exact products only: near ties may fall either way in float32. */
async function planOf(home: Home, shape: Case): Promise<LshPlan> {
  const { gpu } = await homes();
  const [q, k] = tokens(gpu, shape);
  const made = await lshPlan(q, k, rotations(gpu, shape), shape.chunk);
  return { ...made, plan: home.tensor(made.plan.shape, await gpu.read(made.plan), 'u32') };
}

// `verify` compares every call with the float64 twin within the bound that the operation derives.
test.each(cases)('hashes and sorts $n tokens stably, $rounds rounds', async (shape) => {
  const { gpu } = await homes({ verify: true });
  const [q, k] = tokens(gpu, shape);
  const { plan } = await lshPlan(q, k, rotations(gpu, shape), shape.chunk);
  const { n, rounds } = shape;
  const places = await gpu.read(plan);
  for (let t = 0; t < 2 * rounds; t++) {
    const order = places.slice(
      (t < rounds ? t : t + 2 * rounds) * n,
      (t < rounds ? t + 1 : t + 2 * rounds + 1) * n,
    );
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  }
});

test('the smallest index wins a tie of hashes', async () => {
  const { gpu, cpu } = await homes();
  for (const home of [gpu, cpu]) {
    const x = home.tensor([3, 2], [0, 0, 1, -1, -2, 1]);
    const identity = home.tensor([1, 2, 2], [1, 0, 0, 1]);
    expect([...(await home.read(await lshHashes(x, identity)))]).toEqual([0, 0, 2]);
  }
});

test.each(cases)('attention over pairs of $n tokens is within its bound', async (shape) => {
  const { gpu } = await homes({ verify: true });
  const [q, k, v] = tokens(gpu, shape);
  const plan = await planOf(gpu, shape);
  await lshAttention(q, k, v, plan, { scale: 3 });
  await lshAttention(q, k, v, plan, { scale: 1, rounds: 1 });
  const w = draw(gpu, [6, shape.d], 4);
  const shift = gpu.tensor([shape.n, 1], new Float64Array(shape.n).fill(0.25));
  const [fq, fk] = [
    await features('positive', q, w, { scale: 1, shift }),
    await features('positive', k, w, { scale: 1 }),
  ];
  const low = await featureAttention(fq, fk, v);
  await lshAttention(q, k, v, plan, {
    scale: 1,
    features: { q: fq, k: fk, ...low, logScale: shift },
  });
});

test('one chunk of all keys is exact attention, with and without features', async () => {
  for (const home of Object.values(await homes())) {
    const shape = { ...cases[2], chunk: 64 };
    const [q, k, v] = tokens(home, shape);
    const plan = await lshPlan(q, k, rotations(home, shape), 64);
    const exact = await home.read(await attention(q, k, v, { scale: 2 }));
    const alone = await home.read((await lshAttention(q, k, v, plan, { scale: 2 })).o);
    const both = await home.read(
      (await scatterbrainAttention(q, k, v, draw(home, [10, 8], 5), plan, { beta: 2 })).o,
    );
    exact.forEach((x, i) => {
      expect(Math.abs(x - alone[i])).toBeLessThanOrEqual(400 * 2 ** -24);
      // What is added and taken off again is some ten times the exact weights here.
      expect(Math.abs(x - both[i])).toBeLessThanOrEqual(10 * 400 * 2 ** -24);
    });
  }
});

test('the linear-time form is the blend of exact weights and features', async () => {
  const { cpu } = await homes();
  const shape = cases[3];
  const [q, k, v] = tokens(cpu, shape);
  const plan = await lshPlan(q, k, rotations(cpu, shape), shape.chunk);
  const w = draw(cpu, [6, shape.d], 5);
  const beta = 1.5;
  const { o, sums } = await scatterbrainAttention(q, k, v, w, plan, { beta, rounds: 1 });
  const scale = Math.sqrt(beta);
  const [fq, fk] = [
    cpuData(await features('positive', q, w, { scale })),
    cpuData(await features('positive', k, w, { scale })),
  ];
  const { n, d, dv } = shape;
  const [x, y, values] = [cpuData(q), cpuData(k), cpuData(v)];
  const estimate = new Float64Array(n * n);
  const exact = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let g = 0; g < 6; g++) estimate[i * n + j] += fq[i * 6 + g] * fk[j * 6 + g];
      let dot = 0;
      for (let c = 0; c < d; c++) dot += x[i * d + c] * y[j * d + c];
      exact[i * n + j] = Math.exp(beta * dot);
    }
  }
  const dense = cpuData(await blendPaired(cpu.wrap([n, n], estimate), cpu.wrap([n, n], exact), plan, 1));
  let pairs = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      sum += dense[i * n + j];
      if (dense[i * n + j] === exact[i * n + j]) pairs++;
    }
    for (let c = 0; c < dv; c++) {
      let value = 0;
      for (let j = 0; j < n; j++) value += (dense[i * n + j] / sum) * values[j * dv + c];
      expect(Math.abs(value - cpuData(o)[i * dv + c])).toBeLessThanOrEqual(1e-12);
    }
  }
  expect(pairs).toBe(n * shape.chunk);
  expect([...cpuData(sums)].filter((_, i) => i % 2 === 1)).toEqual(new Array(n).fill(shape.chunk));
});

test('blends matrices by pairs in both homes', async () => {
  const { gpu } = await homes({ verify: true });
  const shape = cases[1];
  const plan = await planOf(gpu, shape);
  const [a, b] = [draw(gpu, [6, 6], 6), draw(gpu, [6, 6], 7)];
  await blendPaired(a, b, plan);
  await blendPaired(a, b, plan, 1);
});

test('refuses chunks that do not divide the tokens', async () => {
  const { gpu } = await homes();
  const q = gpu.tensor([6, 2]);
  await expect(lshPlan(q, q, gpu.tensor([1, 2, 2]), 4)).rejects.toThrow('chunks of 4 do not divide');
});
