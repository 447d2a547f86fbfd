import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { homes } from '../gpu/testing';
import { legendreBasis } from '../math/hippo';
import { modeKernel, zohModes } from '../math/statespace';
import { normals } from '../math/threefry';
import { legendreSeries, powerTables, vandermonde } from './vandermonde';

const modes = (count: number) =>
  zohModes(
    { re: new Float64Array(count).fill(-0.5), im: Float64Array.from({ length: count }, (_, i) => 300 * i) },
    { re: new Float64Array(count).fill(1), im: new Float64Array(count) },
    1 / 128,
  );

test.each([
  [1, 1, 1],
  [1, 3, 64],
  [2, 7, 65],
  [3, 32, 1000],
])(
  '%i kernels of %i modes and length %i are within (modes + 8) u of float64',
  async (outputs, count, length) => {
    const { gpu, cpu } = await homes({ verify: true });
    const weight = normals(1, 0, 2 * outputs * count);
    const { a } = modes(count);
    const run = (home: typeof gpu | typeof cpu) =>
      vandermonde(home.tensor([outputs, count], weight, 'c64'), powerTables(home, a, length));
    const got = await gpu.read(await run(gpu));
    expect(got.length).toBe(outputs * length);
    const want = modeKernel(
      {
        re: weight.filter((_, i) => i % 2 === 0).slice(0, count),
        im: weight.filter((_, i) => i % 2 === 1).slice(0, count),
      },
      { a, b: { re: new Float64Array(count).fill(1), im: new Float64Array(count) } },
      length,
    );
    const size = weight.reduce((sum, x) => sum + Math.abs(x), 0);
    want.forEach((x, k) => {
      expect(Math.abs(got[k] - 2 * x)).toBeLessThanOrEqual(2 * (count + 12) * 2 ** -24 * size);
    });
  },
);

test('no length, no entries', async () => {
  const { gpu } = await homes();
  const { a } = modes(2);
  const out = await vandermonde(gpu.tensor([1, 2], [1, 0, 1, 0], 'c64'), {
    ...powerTables(gpu, a, 4),
    length: 0,
  });
  expect(out.shape).toEqual([1, 0]);
});

test('a Legendre series is that of the basis functions, near both ends too', async () => {
  const { gpu, cpu } = await homes({ verify: true });
  const terms = 40;
  const times = [0, 1e-4, 0.01, 0.5, 0.69, 0.7, 3, 20, 700];
  const basis = legendreBasis(times, terms);
  const c = normals(4, 0, terms);
  const scaled = c.map((x, n) => x * Math.sqrt(2 * n + 1));
  for (const home of [gpu, cpu]) {
    const got = await home.read(await legendreSeries(home.tensor([1, terms], scaled), times));
    times.forEach((_, j) => {
      let want = 0;
      let bound = 1e-30;
      for (let n = 0; n < terms; n++) {
        want += c[n] * basis[j * terms + n];
        bound += (6 * (n + 1) ** 2 + terms) * 2 ** -24 * Math.abs(scaled[n]);
      }
      expect(Math.abs(got[j] - want)).toBeLessThanOrEqual(bound);
    });
  }
  expect(cpuData(await legendreSeries(cpu.tensor([1, 1], [3]), [0.3]))[0]).toBe(3);
});
