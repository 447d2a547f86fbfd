import { expect, test } from 'vitest';
import { homes, testDevice } from '../gpu/testing';
import { uniforms } from '../math/threefry';
import { fft } from './fft';
import { scan } from './scan';
import { fitsTiles, scanTiles, selfTest, type TileVariant } from './scantiles';

const variants: TileVariant[] = ['workgroup', 'subgroup', 'lookback'];

/** Length, lines, invocations a workgroup: less than a tile, one, several, several levels. */
const cases: [number, number, number][] = [
  [4, 1, 8],
  [124, 2, 8],
  [128, 3, 8],
  [132, 1, 8],
  [1000, 2, 8],
  [20000, 1, 8],
  [2048, 1, 64],
];

test.each(variants.flatMap((variant) => cases.map((one) => [variant, ...one] as const)))(
  '%s tiles scan %i numbers in %i lines with %i lanes',
  async (variant, n, lines, lanes) => {
    const { device } = await testDevice();
    if (variant !== 'workgroup' && !device.features.has('subgroups')) return;
    const { gpu } = await homes();
    // Whole numbers: sums and extrema are exact in float32.
    const numbers = Float32Array.from(uniforms(71, n, n * lines), (u) => Math.floor(100 * u) - 40);
    const x = gpu.tensor([lines, n], numbers);
    for (const [op, exclusive] of [
      [0, false],
      [0, true],
      [2, false],
      [3, true],
    ] as const) {
      const y = gpu.empty([lines, n]);
      await scanTiles(gpu, x, y, { n, lines, op, exclusive }, variant, lanes);
      const got = await gpu.read(y);
      const combine = [(a: number, b: number) => a + b, (a: number, b: number) => a * b, Math.max, Math.min][
        op
      ];
      const identity = [0, 1, -Infinity, Infinity][op];
      const want = new Float32Array(n * lines);
      for (let line = 0; line < lines; line++) {
        let total = identity;
        for (let i = line * n; i < (line + 1) * n; i++) {
          const next = combine(total, numbers[i]);
          want[i] = exclusive ? total : next;
          total = next;
        }
      }
      expect(Array.from(got)).toEqual(Array.from(want));
    }
  },
);

test('looking back computes what it does not find', async () => {
  const { gpu } = await homes();
  if (!gpu.device.features.has('subgroups')) return;
  const n = 2000;
  const numbers = Float32Array.from(uniforms(72, 0, n), (u) => Math.floor(100 * u));
  const [x, y] = [gpu.tensor([n], numbers), gpu.empty([n])];
  // Without patience no published total is ever seen: every tile adds up all before it.
  await scanTiles(gpu, x, y, { n, lines: 1, op: 0, exclusive: false }, 'lookback', 8, 0);
  let sum = 0;
  const want = Array.from(numbers, (value) => {
    sum += value;
    return sum;
  });
  expect(Array.from(await gpu.read(y))).toEqual(want);
});

test.each(variants)('the self-test passes %s tiles, at a small size here', async (variant) => {
  const { gpu } = await homes();
  if (variant !== 'workgroup' && !gpu.device.features.has('subgroups')) return;
  expect(await selfTest(gpu, variant, 8, 8 * 16 * 8 + 4)).toBe(true);
  expect(gpu.bytes).toBe(0);
});

test('where barriers are cheap, scan and fft take their workgroup forms', async () => {
  const { gpu } = await homes({ verify: true });
  Object.defineProperty(gpu, 'barriersAreSlow', { value: false });
  await scan(gpu.tensor([2, 5000], uniforms(73, 0, 10000)));
  await scan(gpu.tensor([5003], uniforms(73, 1, 5003)), { exclusive: true });
  const x = gpu.tensor([2, 4096], uniforms(73, 2, 16384), 'c64');
  await fft(x);
  const kernels = (await gpu.timings()).map(({ kernel }) => kernel);
  const hasSubgroups = gpu.device.features.has('subgroups');
  expect(kernels).toContain(hasSubgroups ? 'scan_lookback' : 'scan_tiles');
  expect(kernels).toContain('fft_workgroup');
});

test('tiles serve lines of whole vec4f', () => {
  expect([fitsTiles(4096, 1), fitsTiles(4095, 1), fitsTiles(4, 70000)]).toEqual([true, false, false]);
});
