import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { homes } from '../gpu/testing';
import { legs } from '../math/hippo';
import { bilinear } from '../math/statespace';
import { normals } from '../math/threefry';
import { denseRecurrence, deviceSystem, lagged, statesByBlocks, statesByRecurrence } from './recurrence';

test('delayed copies are exact, with and without chunks', async () => {
  const { gpu, cpu } = await homes();
  const u = normals(1, 0, 37);
  for (const lags of [
    { rows: 37, cols: 5 },
    { rows: 37, cols: 8, chunk: 8 },
    { rows: 4, cols: 8, start: 7, stride: 8, chunk: 8 },
    { rows: 20, cols: 3, start: 17, lag: 2, lagStep: 7 },
  ]) {
    const got = await gpu.read(await lagged(gpu.tensor([37, 1], u), lags));
    const want = cpuData(await lagged(cpu.tensor([37, 1], u), lags));
    expect([...got]).toEqual([...want]);
    expect(want[0]).toBe(
      lags.start ? (lags.lag ? Math.fround(u[15]) : Math.fround(u[7])) : Math.fround(u[0]),
    );
  }
});

test.each([
  [1, 1],
  [1, 5],
  [3, 2],
  [7, 65],
  [16, 130],
  [33, 40],
])('%i states over %i steps stay within the bound of the step-by-step recurrence', async (n, steps) => {
  const { gpu } = await homes({ verify: true });
  const { at, b } = deviceSystem(gpu, bilinear(legs(n), 1 / 32));
  const f = gpu.tensor([steps, n], normals(2, 0, steps * n));
  expect((await gpu.read(await denseRecurrence(at, f))).length).toBe(steps * n);
  expect(b.shape).toEqual([1, n]);
});

test('a run cut into several dispatches carries its state', async () => {
  const { gpu, cpu } = await homes();
  gpu.estimateMs = () => 1; // so that a slice holds one step
  const f = normals(2, 1, 5 * 12);
  const system = bilinear(legs(5), 1 / 32);
  const got = await gpu.read(await denseRecurrence(deviceSystem(gpu, system).at, gpu.tensor([12, 5], f)));
  const want = cpuData(await denseRecurrence(deviceSystem(cpu, system).at, cpu.tensor([12, 5], f)));
  // Contraction: 12 steps of (n + 2) u (||A||_F + 1) times the largest state.
  const bound = 12 * 7 * 2 ** -24 * 4 * Math.max(...want.map(Math.abs));
  got.forEach((x, i) => {
    expect(Math.abs(x - want[i])).toBeLessThanOrEqual(bound);
  });
});

test.each([1, 63, 64, 65, 128, 200])(
  'blocks give the states of the recurrence over %i steps',
  async (steps) => {
    for (const home of Object.values(await homes())) {
      const system = deviceSystem(home, bilinear(legs(9), 1 / 16));
      const u = home.tensor([steps, 1], normals(3, 0, steps));
      const got = await home.read(await statesByBlocks(system, u));
      const want = await home.read(await statesByRecurrence(system, u));
      expect(got.length).toBe(want.length);
      // A is a contraction, so roundings add up at most: two forms, `steps` of them, each (n + 64) u of the largest.
      const bound = 2 * (steps + 8) * 73 * 2 ** -24 * Math.max(...want.map(Math.abs));
      got.forEach((x, i) => {
        expect(Math.abs(x - want[i])).toBeLessThanOrEqual(bound);
      });
    }
  },
);

test('refuses a matrix that does not fit, and more states than a workgroup holds', async () => {
  const { gpu } = await homes();
  await expect(denseRecurrence(gpu.tensor([2, 2]), gpu.tensor([4, 3]))).rejects.toThrow(
    'does not fit 3 states',
  );
  await expect(denseRecurrence(gpu.tensor([257, 257]), gpu.tensor([1, 257]))).rejects.toThrow('at most 256');
});
