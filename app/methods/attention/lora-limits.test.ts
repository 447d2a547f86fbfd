import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { testClaims } from '../../experiment/claimtests';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import limits from './lora-limits';
import { chainGradient, denseGradient, type Gradient, makeHead, type Name } from './lora-limits/gradient';

testClaims(limits);

const small = { seed: 3, n: 40, d: 3, rank: 2, degree: 2, norm: 0.3, tolerance: 0.01, scale: 1 };

async function result(values: Record<string, number>) {
  const { cpu: home } = await homes();
  const all = { ...quickValues(limits), ...small, ...values };
  const experiment = { method: limits, values: all, home, data: null, dataKey: 'testbed' };
  return runExperiment({ ...experiment, cache: new Cache(home) });
}

const change = (g: Gradient, want: Gradient): number =>
  Math.max(
    ...(['q', 'k', 'v'] as Name[]).flatMap((name) =>
      Array.from(g.w[name], (x, i) => Math.abs(x - want.w[name][i])),
    ),
  );

test('the dense gradient is the slope of the loss', async () => {
  const { cpu } = await homes();
  const head = await makeHead(cpu, small);
  const { w } = (await denseGradient(head, small.norm, null))!;
  const h = 1e-3;
  for (const name of ['q', 'k', 'v'] as const) {
    const values = await cpu.read(head.w[name]);
    const loss = async (shift: number) => {
      const moved = Float64Array.from(values);
      moved[4] += shift;
      const tensor = cpu.wrap([3, 3], moved);
      return (await denseGradient({ ...head, w: { ...head.w, [name]: tensor } }, small.norm, null))!.loss;
    };
    const slope = ((await loss(h)) - (await loss(-h))) / (2 * h);
    // Central differences: h^2 times a third derivative of the size of the loss.
    expect(Math.abs(w[name][4] - slope)).toBeLessThanOrEqual(1e-3 * Math.abs(slope) + 1e-3);
  }
});

test.each([
  [1, 2],
  [2, 3],
  [4, 1],
])('the chain of degree %i and rank %i is the dense polynomial', async (degree, rank) => {
  const { cpu } = await homes();
  const values = { ...small, degree, rank };
  const head = await makeHead(cpu, values);
  const chain = (await chainGradient(head, 0.3, degree))!;
  const dense = (await denseGradient(head, 0.3, degree))!;
  const size = Math.max(...dense.w.q.map(Math.abs), ...dense.w.k.map(Math.abs), ...dense.w.v.map(Math.abs));
  expect(change(chain, dense)).toBeLessThanOrEqual(1e-10 * size);
});

test('says that a degree is too low for a norm, instead of dividing by nothing', async () => {
  const { metrics, reasons, notes } = await result({ n: 16, degree: 1, norm: 3 });
  expect(metrics['error.grad']).toBeNull();
  expect(reasons['error.grad']).toContain('too low');
  expect(notes.join()).toContain('raise the degree');
});

test('runs without adapters, and above the dense limit with the reason', async () => {
  expect((await result({ scale: 0 })).metrics['error.grad']).toBeLessThanOrEqual(0.1);
  const { metrics, reasons } = await result({ n: 4100, degree: 1, d: 2 });
  expect(metrics['error.grad']).toBeNull();
  expect(reasons['error.grad']).toContain('4096');
  expect(metrics['loss.lowrank']).toBeGreaterThan(0);
});

test('refuses what does not fit, and says what would', async () => {
  await expect(result({ rank: 4 })).rejects.toThrow('choose 3 or less');
  await expect(result({ d: 16, degree: 8 })).rejects.toThrow('735471 features');
  await expect(result({ n: 65536, d: 16, degree: 4 })).rejects.toThrow('choose n of');
});
