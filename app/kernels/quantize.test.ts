import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { hardwareLike, homes } from '../gpu/testing';
import { NF4 } from '../math/nf4';
import { normals } from '../math/threefry';
import { matmul } from './matmul';
import {
  dequantize,
  doubleQuantize,
  fusedMatmul,
  quantize,
  quantizedMatmul,
  type Scheme,
  singleQuantized,
} from './quantize';

const schemes: Scheme[] = ['int8', 'int4', 'nf4'];
const shapes: [number, number][] = [
  [1, 1],
  [1, 7],
  [3, 8],
  [2, 63],
  [5, 64],
  [4, 65],
  [7, 131],
  [16, 300],
];
const cases = schemes.flatMap((scheme) => shapes.map(([m, n]) => ({ scheme, m, n })));

test.each(cases)(
  '$scheme of $m x $n: both homes agree, and no entry is further than half a step',
  async ({ scheme, m, n }) => {
    const { gpu } = await homes({ verify: true });
    const x = normals(41, 0, m * n);
    for (const block of [undefined, 32, 5]) {
      await gpu.scope(async () => {
        // verify: codes and scales are compared with float64 as they are made.
        const quantized = await quantize(gpu.tensor([m, n], x), { scheme, block });
        const back = await gpu.read(await dequantize(quantized));
        const scales = await gpu.read(quantized.scales);
        const blocks = quantized.scales.shape[1];
        // Half the widest step: 1/2 for whole numbers, half the gap between -1 and the next level for NF4.
        const half = scheme === 'nf4' ? (NF4[1] - NF4[0]) / 2 : 0.5;
        const wrong = [...back].findIndex((value, i) => {
          const scale = scales[Math.floor(i / n) * blocks + Math.floor((i % n) / quantized.block)];
          const most = scheme === 'int8' ? 127 : scheme === 'int4' ? 7 : 1;
          return !(Math.abs(value - Math.fround(x[i])) <= scale * (half + 8 * most * 2 ** -24));
        });
        expect(wrong).toBe(-1);
      });
    }
    expect(gpu.bytes).toBe(0);
  },
);

test('ties go to the even code, zeros stay zeros, the largest entry keeps its value', async () => {
  const { gpu } = await homes();
  // The scale is 1, so the entries are in units of it.
  const x = [7, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3.4999];
  const quantized = await quantize(gpu.tensor([2, 8], [...x, ...new Array(8).fill(0)]), { scheme: 'int4' });
  expect([...(await gpu.read(await dequantize(quantized)))]).toEqual(
    [7, 0, 2, 2, 0, -2, -2, 3, ...new Array(8).fill(0)].map((v) => v + 0),
  );
  expect([...(await gpu.read(quantized.scales))]).toEqual([1, 0]);
  const nf4 = await quantize(gpu.tensor([1, 3], [-4, 0, 2]), { scheme: 'nf4' });
  const [low, zero] = await gpu.read(await dequantize(nf4));
  expect([low, zero]).toEqual([-4, 0]);
});

test('every level of NF4 comes back as itself', async () => {
  const { gpu } = await homes();
  const quantized = await quantize(gpu.tensor([1, 16], NF4), { scheme: 'nf4' });
  expect([...(await gpu.read(await dequantize(quantized)))]).toEqual(NF4.map(Math.fround));
  expect([...(await gpu.read(quantized.codes))]).toEqual([0x76543210, 0xfedcba98]);
});

test('doubly quantized scales are within a step of the scales', async () => {
  const { gpu } = await homes();
  const quantized = await quantize(gpu.tensor([40, 512], normals(42, 0, 40 * 512)), { scheme: 'nf4' });
  const scales = await gpu.read(quantized.scales);
  const doubly = await doubleQuantize(quantized);
  const single = await singleQuantized(doubly);
  expect(single.scales.shape).toEqual(quantized.scales.shape);
  const steps = await gpu.read(doubly.scales.scales);
  (await gpu.read(single.scales)).forEach((value, i) => {
    const step = steps[Math.floor(i / 256)];
    expect(Math.abs(value - scales[i])).toBeLessThanOrEqual(step / 2 + 4 * 2 ** -24 * Math.abs(scales[i]));
  });
  const back = await gpu.read(await dequantize(single));
  expect(back.length).toBe(40 * 512);
});

test.each(cases)(
  'the product with $scheme weights of $m x $n is that of the dequantized weights',
  async ({ scheme, m, n }) => {
    const { gpu, cpu } = await homes({ verify: true });
    const [x, w] = [normals(43, 0, 6 * n), normals(43, 1, m * n)];
    for (const rows of [1, 3, 6]) {
      await gpu.scope(async () => {
        const quantized = await quantize(gpu.tensor([m, n], w), { scheme, block: 32 });
        const a = gpu.tensor([rows, n], x.slice(0, rows * n));
        await fusedMatmul(a, quantized, 'tiled'); // compared with its twin here, and so is this:
        const fused = await gpu.read(await fusedMatmul(a, quantized));
        const dense = cpuData(
          await matmul(
            cpu.tensor([rows, n], x.slice(0, rows * n)),
            cpu.tensor([m, n], await gpu.read(await dequantize(quantized))),
            { transposeB: true },
          ),
        );
        fused.forEach((value, i) => {
          expect(Math.abs(value - dense[i])).toBeLessThanOrEqual((n + 4) * 2 ** -24 * 16 * n);
        });
      });
    }
  },
);

test('on a GPU many rows go by tiles, whatever the blocks', async () => {
  const gpu = await hardwareLike({ verify: true });
  for (const [scheme, m, n, block] of [
    ['nf4', 5, 30, 5],
    ['int4', 33, 40, 64],
    ['int8', 70, 9, 3],
  ] as const) {
    const w = await quantize(gpu.tensor([m, n], normals(44, 2, m * n)), { scheme, block });
    await gpu.timings();
    await quantizedMatmul(gpu.tensor([37, n], normals(44, 3, 37 * n)), w);
    expect((await gpu.timings()).map(({ kernel }) => kernel)).toEqual(['quantized_tiled']);
  }
});

test('many rows go by a plain product, with blocks that split words too', async () => {
  const { gpu } = await homes();
  const w = await quantize(gpu.tensor([5, 30], normals(44, 0, 150)), { scheme: 'int4', block: 5 });
  const x = gpu.tensor([20, 30], normals(44, 1, 600));
  const got = await gpu.read(await quantizedMatmul(x, w));
  const want = await gpu.read(await matmul(x, await dequantize(w), { transposeB: true }));
  expect([...got]).toEqual([...want]);
  await expect(quantizedMatmul(gpu.tensor([2, 3]), w)).rejects.toThrow('30 columns needed');
  await expect(quantize(x, { scheme: 'int8', block: 0 })).rejects.toThrow('blocks of 0 entries');
});
