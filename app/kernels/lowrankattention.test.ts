import { expect, test } from 'vitest';
import { type Home, sizeOf, type Tensor } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { attention } from './attention';
import {
  iterativePseudoInverse,
  linearAttention,
  nystromAttention,
  nystromFactors,
  performerAttention,
  performerFactors,
  projectedAttention,
  segmentAttention,
} from './lowrankattention';
import { matmul } from './matmul';
import { softmax } from './softmax';

const draw = (home: Home, shape: number[], stream: number): Tensor =>
  home.tensor(
    shape,
    normals(11, stream, sizeOf(shape)).map((x) => x / 2),
  );

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

const operands = (home: Home, lead: number[] = []) =>
  [0, 1, 2].map((stream) => draw(home, [...lead, 37, 8], stream)) as [Tensor, Tensor, Tensor];

// Logits stay below 10 in size and values below 2, so every softmax output is right to some 100 units of 2^-24.
const CLOSE = 400 * 2 ** -24;

test('all forms agree with float64', async () => {
  const { gpu, cpu } = await homes();
  const run = async (home: Home) => {
    const [q, k, v] = operands(home);
    const w = draw(home, [10, 8], 3);
    return [
      await segmentAttention(q, k, v, 6, 1.5),
      await projectedAttention(q, k, v, draw(home, [6, 37], 4), 1.5),
      await performerAttention(q, k, v, w, 1.5),
      await linearAttention(q, k, v, 1.5),
    ];
  };
  const [got, want] = [await run(gpu), await run(cpu)];
  for (const [i, o] of got.entries()) {
    expect(largest(await gpu.read(o), await cpu.read(want[i]))).toBeLessThanOrEqual(CLOSE);
  }
});

test('heads in the leading dimensions give what each gives alone', async () => {
  const { cpu } = await homes();
  const [q, k, v] = operands(cpu, [3]);
  const w = draw(cpu, [10, 8], 3);
  const whole = await cpu.read(await performerAttention(q, k, v, w, 1));
  const part = async (t: Tensor, i: number) =>
    cpu.tensor([37, 8], (await cpu.read(t)).slice(i * 296, (i + 1) * 296));
  for (let i = 0; i < 3; i++) {
    const one = await cpu.read(
      await performerAttention(await part(q, i), await part(k, i), await part(v, i), w, 1),
    );
    expect(largest(one, whole.slice(i * 296, (i + 1) * 296))).toBeLessThanOrEqual(1e-12);
  }
});

test('the Performer is what its features say', async () => {
  const { cpu } = await homes();
  const [q, k, v] = operands(cpu);
  const w = draw(cpu, [10, 8], 3);
  const beta = 1.5;
  const got = await cpu.read(await performerAttention(q, k, v, w, beta));
  const { left, right } = await performerFactors(q, k, w, beta);
  const product = await cpu.read(await matmul(await matmul(left, right), v));
  const phi = async (t: Tensor) => {
    const [x, weights] = [await cpu.read(t), await cpu.read(w)];
    return Array.from({ length: 37 }, (_, i) =>
      Array.from({ length: 10 }, (_, g) => {
        let [dot, square] = [0, 0];
        for (let c = 0; c < 8; c++) {
          dot += Math.sqrt(beta) * x[8 * i + c] * weights[8 * g + c];
          square += beta * x[8 * i + c] ** 2;
        }
        return Math.exp(dot - square / 2);
      }),
    );
  };
  const [fq, fk, values] = [await phi(q), await phi(k), await cpu.read(v)];
  for (let i = 0; i < 37; i++) {
    const weights = fk.map((f) => f.reduce((sum, x, g) => sum + x * fq[i][g], 0));
    const total = weights.reduce((a, b) => a + b, 0);
    for (let c = 0; c < 8; c++) {
      const o = weights.reduce((sum, x, j) => sum + x * values[8 * j + c], 0) / total;
      expect(Math.abs(o - got[8 * i + c])).toBeLessThanOrEqual(1e-12);
      expect(Math.abs(o - product[8 * i + c])).toBeLessThanOrEqual(1e-12);
    }
  }
});

test('as many segments as rows make Linformer exact', async () => {
  const { gpu } = await homes();
  const [q, k, v] = operands(gpu);
  const full = await gpu.read(await segmentAttention(q, k, v, 37, 2));
  const exact = await gpu.read(await attention(q, k, v, { scale: 2 }));
  expect(largest(full, exact)).toBeLessThanOrEqual(CLOSE);
});

test('the iteration finds the inverse of a well-conditioned matrix', async () => {
  for (const home of Object.values(await homes())) {
    const m = await softmax(draw(home, [9, 9], 5), { scale: 4 });
    const z = await iterativePseudoInverse(m, 20);
    const identity = await home.read(await matmul(m, z));
    // Float32 loses cond(M) units, some 100 here.
    for (let i = 0; i < 81; i++) {
      expect(Math.abs(identity[i] - (i % 10 === 0 ? 1 : 0))).toBeLessThanOrEqual(1000 * 2 ** -24 * 9);
    }
  }
});

test('the Nystrom output is the product of its factors with the values', async () => {
  const { gpu, cpu } = await homes();
  for (const home of [gpu, cpu]) {
    const [q, k, v] = operands(home);
    const o = await home.read(await nystromAttention(q, k, v, 5, 1.5, 6));
    const { f, z, b } = await nystromFactors(q, k, 5, 1.5, 6);
    const product = await home.read(await matmul(f, await matmul(z, await matmul(b, v))));
    const size = Math.max(...Array.from(await home.read(z), Math.abs));
    expect(largest(o, product)).toBeLessThanOrEqual(CLOSE * 5 * size);
  }
});
