import { expect, test } from 'vitest';
import { homes } from '../gpu/testing';
import { lagged } from '../kernels/recurrence';
import { concatColumns } from '../kernels/slice';
import { legsNormalForm } from '../math/hippo';
import { zohModes } from '../math/statespace';
import { normals } from '../math/threefry';
import { inversePoles, legsPoles, modeKernels, modeOutput, modeStates, realPoles } from './modes';
import { memoryPlan, recall, relativeError, signalOf, smoothed } from './sequence';

test('a smoothed signal has unit deviation, keeps its mean, and is smoother than its noise', () => {
  const noise = normals(1, 0, 5000);
  const y = smoothed(noise, 0.9);
  const mean = y.reduce((a, b) => a + b, 0) / y.length;
  const variance = y.reduce((a, b) => a + (b - mean) ** 2, 0) / y.length;
  // Every sample is rounded to float32.
  expect(Math.abs(variance - 1)).toBeLessThanOrEqual(1e-6);
  const steps = y.slice(1).map((x, i) => (x - y[i]) ** 2);
  expect(steps.reduce((a, b) => a + b, 0) / steps.length).toBeLessThanOrEqual(0.1);
  expect(smoothed(noise, 0)[7] / smoothed(noise, 0)[8]).toBeCloseTo(noise[7] / noise[8], 5);
});

test('a plan fits the first half of what remains after the largest delay', () => {
  expect(memoryPlan(100, 21, 5)).toEqual({ delays: [0, 5, 10, 15, 20], first: 20, middle: 60, end: 100 });
});

test('states that are delayed copies recall those delays and no others; a state of zeros changes nothing', async () => {
  for (const home of Object.values(await homes())) {
    const values = Float32Array.from(normals(2, 0, 600));
    const u = home.tensor([600, 1], values);
    const copies = await lagged(u, { rows: 600, cols: 2, lag: 0, lagStep: 8 });
    const plan = memoryPlan(600, 16, 8);
    const { errors } = await recall(copies, u, values, plan, 1e-6);
    // The ridge of 1e-6 leaves (1e-6)^2, float32 (600 u)^2 at most.
    expect(errors[0]).toBeLessThanOrEqual(1e-8);
    expect(errors[1]).toBeLessThanOrEqual(1e-8);
    expect(errors[2]).toBeGreaterThanOrEqual(0.9);
    const padded = await concatColumns([copies, home.tensor([600, 1])]);
    const again = await recall(padded, u, values, plan, 1e-6);
    again.errors.forEach((error, i) => {
      expect(Math.abs(error - errors[i])).toBeLessThanOrEqual(1e-6);
    });
  }
});

test('errors are capped where asked, also where they are not finite', () => {
  expect(relativeError([3, 4], [0, 4], 10)).toBe(0.75);
  expect(relativeError([NaN, 1], [1, 1], 10)).toBe(10);
  expect(relativeError([1e300, 1], [1e-10, 0], 10)).toBe(10);
  expect(relativeError([NaN], [1])).toBeNaN();
});

test('a signal of the person is divided by its deviation; a constant one is refused', () => {
  const recipe = { seed: 0, stream: 1, signal: 300, smooth: 0.9 };
  const data = {
    rows: 1,
    cols: 400,
    values: Float64Array.from({ length: 400 }, (_, i) => 5 + (i % 2)),
    name: 'a',
  };
  const { values, notes } = signalOf(data, recipe);
  expect([values.length, values[0], values[1]]).toEqual([300, 10, 12]);
  expect(notes.join()).toContain('300 of 400 samples');
  expect(() => signalOf({ ...data, values: new Float64Array(400) }, recipe)).toThrow('constant');
});

test.each([
  ['S4D-LegS', legsPoles(legsNormalForm(8)), 2],
  ['S4D-Inv', inversePoles(8), 2],
  ['S4D-Real', realPoles(8), 1],
] as const)('the kernel of %s is its answer to an impulse, stepped or scanned', async (_, poles, factor) => {
  for (const home of Object.values(await homes())) {
    const modes = zohModes(poles.lam, poles.b, 1 / 16);
    const n = poles.lam.re.length;
    const c = { re: normals(3, 0, n), im: poles.isReal ? new Float64Array(n) : normals(3, 1, n) };
    const impulse = new Float64Array(150);
    impulse[0] = 1;
    const u = home.tensor([150, 1], impulse);
    const kernel = await home.read(await modeKernels(home, modes, [c], 150, factor));
    for (const chunk of [undefined, 150]) {
      const y = await home.read(await modeOutput(await modeStates(modes, u, chunk), c, factor));
      // Both round weights and powers to float32, and powers once more a step.
      expect(relativeError(y, kernel)).toBeLessThanOrEqual(150 * 4 * 2 ** -24);
    }
  }
});
