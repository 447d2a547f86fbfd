import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import type { Home } from '../gpu/home';
import { homes } from '../gpu/testing';
import { ACTIVATIONS, activations } from '../math/activations';
import { normals } from '../math/threefry';
import type { Epilogue } from './epilogue';
import { type MatmulOptions, matmul } from './matmul';

const draw = (home: Home, stream: number, shape: number[], scale = 1) =>
  home.tensor(
    shape,
    normals(
      7,
      stream,
      shape.reduce((a, b) => a * b, 1),
    ).map((x) => scale * x),
  );

const shapes: [number, number, number, number][] = [
  [1, 1, 1, 1],
  [3, 5, 7, 1],
  [17, 33, 9, 3],
  [65, 19, 31, 1],
  [18, 20, 12, 2],
];

/**
 * Verify compares every product with its float64 twin within the derived bound. A pipeline a set of parts is
 * compiled for each kernel, so the slow compiling workgroup kernel gets them all at once, and the sets go to
 * the sum of slices, which ends a product in the same way.
 */
test.each(shapes)('%i x %i x %i, batch %i: all parts are within their bound', async (m, n, k, batch) => {
  const { gpu } = await homes({ verify: true });
  const lead = batch > 1 ? [batch] : [];
  const [a, b] = [draw(gpu, 0, [...lead, m, k], 0.3), draw(gpu, 1, [...lead, k, n])];
  const [bias, residual] = [draw(gpu, 2, [n]), draw(gpu, 3, [...lead, m, n])];
  const [u, v] = [draw(gpu, 4, [...lead, m, 3]), draw(gpu, 5, [3, n])];
  const vt = draw(gpu, 6, [...lead, n, 3]);
  const all: Epilogue = { bias, activation: 'gelu', residual, lowRank: { u, v, scale: -0.5 } };
  for (const variant of ['register', 'quad', 'workgroup'] as const) {
    await matmul(a, b, { variant, slices: 1, alpha: 0.7, epilogue: all });
    if (variant === 'workgroup') continue;
    const epilogue: Epilogue = { gradient: { activation: 'gelu', at: residual } };
    await matmul(a, b, { variant, slices: 1, epilogue });
  }
  for (const slices of [1, 2]) {
    await matmul(a, b, { slices, epilogue: { ...all, preActivation: gpu.tensor([...lead, m, n]) } });
    await matmul(a, b, { slices, epilogue: { lowRank: { u, v: vt, transposeV: true } } });
    await matmul(a, b, { slices, into: draw(gpu, 8, [...lead, m, n]), beta: 2, epilogue: { bias } });
  }
});

test('quads that load four entries at once end in the same way', async () => {
  const { gpu } = await homes({ verify: true });
  const [a, b] = [draw(gpu, 0, [2, 36, 12], 0.3), draw(gpu, 1, [2, 12, 20])];
  const [bias, residual] = [draw(gpu, 2, [20]), draw(gpu, 3, [2, 36, 20])];
  const [u, v] = [draw(gpu, 4, [2, 36, 3]), draw(gpu, 5, [3, 20])];
  for (const variant of ['quadVec4', 'quadTall'] as const) {
    const epilogue: Epilogue = { bias, activation: 'relu', residual, lowRank: { u, v, scale: -0.5 } };
    await matmul(a, b, { variant, alpha: 0.7, epilogue });
  }
});

test('a product with a vector ends in the same way', async () => {
  const { gpu } = await homes({ verify: true });
  const [a, x] = [draw(gpu, 0, [19, 30], 0.3), draw(gpu, 1, [30, 1])];
  const [bias, residual, u, v] = [[1], [19, 1], [19, 5], [5, 1]].map((shape, i) => draw(gpu, 2 + i, shape));
  for (const variant of ['vector', 'vectorRows'] as const) {
    const epilogue: Epilogue = { bias, activation: 'silu', residual, lowRank: { u, v, scale: 2 } };
    await matmul(a, x, { variant, alpha: -1, epilogue });
  }
});

test('the pre-activation is what the activation was given', async () => {
  for (const variant of ['register', 'quad'] as const) {
    const { gpu } = await homes();
    const [a, b, bias] = [draw(gpu, 0, [18, 20]), draw(gpu, 1, [20, 35]), draw(gpu, 2, [35])];
    for (const slices of [1, 4]) {
      const preActivation = gpu.tensor([18, 35]);
      const options: MatmulOptions = { variant, slices };
      const c = await gpu.read(
        await matmul(a, b, { ...options, epilogue: { bias, activation: 'relu', preActivation } }),
      );
      const plain = await gpu.read(await matmul(a, b, { ...options, epilogue: { bias } }));
      const z = await gpu.read(preActivation);
      expect(z).toEqual(plain);
      expect(c).toEqual(z.map((x) => Math.max(x, 0)));
    }
  }
});

/** Arguments from the tails to the smallest, each through the product of (x, 0) and (1, 0). */
const points = [
  -90, -30, -9.5, -4, -1.5, -0.7, -0.624, -0.1, -1e-4, 0, 1e-6, 0.3, 0.626, 1, 2, 5, 12, 40, 80,
];

test.each(ACTIVATIONS)('%s and its slope are within their bounds from tail to tail', async (activation) => {
  const { gpu } = await homes();
  const f = activations[activation];
  const x = points.map(Math.fround);
  const column = gpu.tensor([x.length, 1], x);
  const one = gpu.tensor([1, 1], [1]);
  const value = await gpu.read(await matmul(column, one, { epilogue: { activation } }));
  const ones = gpu.tensor(
    [x.length, 1],
    x.map(() => 1),
  );
  const slope = await gpu.read(
    await matmul(ones, one, { epilogue: { gradient: { activation, at: column } } }),
  );
  x.forEach((point, i) => {
    expect(Math.abs(value[i] - f.value(point)), `f(${point})`).toBeLessThanOrEqual(
      f.valueError(point) + 2 ** -24 * Math.abs(f.value(point)) + 1e-37,
    );
    expect(Math.abs(slope[i] - f.slope(point)), `f'(${point})`).toBeLessThanOrEqual(
      f.slopeError(point) + 2 ** -24 * Math.abs(f.slope(point)) + 1e-37,
    );
  });
});

test.each(ACTIVATIONS)('the slope of %s is that of its value', (activation) => {
  const { value, slope } = activations[activation];
  for (const x of points.filter((x) => Math.abs(x) < 13 && Math.abs(x) > 1e-3)) {
    const h = 1e-5 * Math.max(1, Math.abs(x));
    const difference = (value(x + h) - value(x - h)) / (2 * h);
    expect(Math.abs(difference - slope(x))).toBeLessThanOrEqual(1e-8 * (1 + Math.abs(slope(x))));
  }
});

test('the float64 home does the same', async () => {
  const { cpu } = await homes();
  const c = await matmul(cpu.tensor([1, 2], [1, 2]), cpu.tensor([2, 2], [1, -1, 1, -1]), {
    epilogue: {
      bias: cpu.tensor([2], [0.5, 1]),
      activation: 'relu',
      residual: cpu.tensor([1, 2], [10, 20]),
      lowRank: { u: cpu.tensor([1, 1], [2]), v: cpu.tensor([1, 2], [3, 4]), scale: 0.5 },
    },
  });
  expect([...cpuData(c)]).toEqual([16.5, 22]);
});

test('refuses parts that do not fit', async () => {
  const { gpu } = await homes();
  const a = gpu.tensor([2, 2], [1, 2, 3, 4]);
  const wide = gpu.tensor([3]);
  await expect(matmul(a, a, { epilogue: { bias: wide } })).rejects.toThrow('a bias of 3 entries');
  await expect(matmul(a, a, { epilogue: { residual: wide } })).rejects.toThrow('residual is 3');
  await expect(matmul(a, a, { epilogue: { lowRank: { u: a, v: wide } } })).rejects.toThrow('does not update');
  const gradient = { activation: 'gelu', at: a } as const;
  await expect(matmul(a, a, { epilogue: { gradient, residual: a } })).rejects.toThrow('neither');
  await expect(matmul(a, a, { into: a, epilogue: { residual: a } })).rejects.toThrow('of its own epilogue');
});
