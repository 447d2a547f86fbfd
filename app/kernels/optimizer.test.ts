import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import type { Home, Tensor } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { adam, adamLines, adamMoments, descend, lineState, momentum } from './optimizer';

const sizes = [1, 3, 61, 64, 65, 1000];

/** Runs in a home that repeats every operation in float64 and throws where one leaves its derived bound. */
const verifying = async () => (await homes({ verify: true })).gpu;

const draw = (home: Home, stream: number, size: number, scale = 1): Tensor =>
  home.tensor(
    [size],
    normals(7, stream, size).map((z) => scale * z),
  );

test.each(sizes)('Adam and AdamW on %i parameters stay within their bounds over five steps', async (size) => {
  const home = await verifying();
  for (const [scale, keep] of [
    [1, 1],
    [1e-4, 0.99],
    [1e-9, 1],
  ]) {
    const theta = draw(home, 0, size);
    const moments = adamMoments(theta);
    for (let step = 1; step <= 5; step++) {
      await adam(theta, draw(home, step, size, scale), moments, { rate: 0.01, step, keep });
    }
  }
});

test('the first step of Adam goes by the rate against the sign of the gradient', async () => {
  for (const home of Object.values(await homes())) {
    const theta = home.tensor([3], [1, 2, 3]);
    await adam(theta, home.tensor([3], [0.5, -2, 0]), adamMoments(theta), { rate: 0.1, step: 1 });
    const got = await home.read(theta);
    // g / (|g| + eps) = 1 to 2e-8; three roundings of float32.
    [0.9, 2.1, 3].forEach((want, i) => {
      expect(Math.abs(got[i] - want)).toBeLessThanOrEqual(3 * 2 ** -23 + 0.1 * 2e-8);
    });
  }
});

test.each(sizes)(
  'Adam by lines on %i parameters stays within its bounds, active lines only',
  async (size) => {
    const home = await verifying();
    const theta = draw(home, 0, size);
    const before = await home.read(theta);
    const line = Array.from({ length: size }, (_, i) => i % 5);
    const state = lineState(theta, line, { lines: 5, most: 4, rates: [1, 2, 0.5, 1, 1] });
    const active: [number, number][] = [
      [0, 3],
      [1, 2],
      [0, 1],
      [0, 4],
    ];
    for (const [i, [from, to]] of active.entries()) {
      await adamLines(theta, draw(home, 1 + i, size), state, { rate: 0.01, from, to });
    }
    const after = await home.read(theta);
    const steps = await home.read(state.steps);
    const counts = [3, 3, 2, 1, 0];
    line.forEach((own, i) => {
      expect(steps[i]).toBe(counts[own]);
      if (own === 4) expect(after[i]).toBe(before[i]);
    });
  },
);

test('a line that takes part in every step moves as Adam does', async () => {
  for (const home of Object.values(await homes())) {
    const [a, b] = [draw(home, 0, 70), draw(home, 0, 70)];
    const state = lineState(a, new Uint32Array(70), { lines: 1, most: 6 });
    const moments = adamMoments(b);
    for (let step = 1; step <= 6; step++) {
      const gradient = draw(home, step, 70);
      await adamLines(a, gradient, state, { rate: 0.01, from: 0, to: 1 });
      await adam(b, gradient, moments, { rate: 0.01, step });
    }
    const [x, y] = [await home.read(a), await home.read(b)];
    // The corrections of one are rounded to float32 in a table, those of the other in a parameter: the same.
    x.forEach((value, i) => {
      expect(Math.abs(value - y[i])).toBeLessThanOrEqual(6 * 0.01 * 2 ** -22 + 6 * 2 ** -24 * Math.abs(y[i]));
    });
  }
});

test.each(sizes)('momentum and plain descent on %i parameters stay within their bounds', async (size) => {
  const home = await verifying();
  const theta = draw(home, 0, size);
  const velocity = home.tensor([size]);
  for (let step = 1; step <= 3; step++) {
    await momentum(theta, draw(home, step, size), velocity, { rate: 0.1, momentum: 0.9, keep: 0.999 });
    await descend(theta, draw(home, step, size), { rate: 0.1 });
  }
});

test('without momentum it is gradient descent', async () => {
  const { cpu } = await homes();
  const [a, b] = [draw(cpu, 0, 9), draw(cpu, 0, 9)];
  const gradient = draw(cpu, 1, 9);
  await momentum(a, gradient, cpu.tensor([9]), { rate: 0.3, momentum: 0 });
  await descend(b, gradient, { rate: 0.3 });
  expect(Array.from(cpuData(a))).toEqual(Array.from(cpuData(b)));
});

test('sizes that do not fit and steps below one are refused', async () => {
  const { gpu } = await homes();
  const theta = gpu.tensor([4]);
  await expect(adam(theta, gpu.tensor([5]), adamMoments(theta), { rate: 1, step: 1 })).rejects.toThrow(
    'a gradient of 5 for 4',
  );
  await expect(adam(theta, gpu.tensor([4]), adamMoments(theta), { rate: 1, step: 0 })).rejects.toThrow(
    'step 0',
  );
});
