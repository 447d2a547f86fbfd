import { expect, test } from 'vitest';
import { type Home, sizeOf, type Tensor } from '../gpu/home';
import { homes } from '../gpu/testing';
import { normals } from '../math/threefry';
import { type FeatureKind, featureAttention, features } from './features';

const KINDS: FeatureKind[] = ['positive', 'logarithm', 'trigonometric'];

const draw = (home: Home, shape: number[], stream: number, size = 1): Tensor =>
  home.tensor(
    shape,
    normals(9, stream, sizeOf(shape)).map((x) => size * x),
  );

// `verify` compares every call with the float64 twin within the bound that the operation derives.
test.each([
  [1, 1, 1],
  [3, 1, 5],
  [7, 5, 16],
  [9, 8, 17],
  [33, 32, 31],
  [2, 128, 130],
  [0, 4, 4],
])('features of %i rows, d %i, r %i, are within their bound', async (n, d, r) => {
  const { gpu } = await homes({ verify: true });
  const x = draw(gpu, [n, d], 0, 1 / Math.sqrt(d));
  const w = draw(gpu, [r, d], 1);
  for (const kind of KINDS) {
    const f = await features(kind, x, w, { scale: 1.3 });
    expect(f.shape).toEqual([n, kind === 'trigonometric' ? 2 * r : r]);
    if (kind === 'trigonometric') continue;
    await features(kind, x, w, { scale: 2, shift: draw(gpu, [n, 1], 2) });
    await features(kind, x, w, { scale: 2, shift: draw(gpu, [1], 3) });
  }
});

test('sine and cosine stay right for large arguments', async () => {
  const { gpu } = await homes({ verify: true });
  const x = gpu.tensor(
    [200, 1],
    Float64Array.from({ length: 200 }, (_, i) => (i - 100) / 50),
  );
  // Logits up to 4000; h is so small that the bound is that of sine and cosine.
  await features('trigonometric', x, gpu.tensor([2, 1], [2e5, -1999]), { scale: 0.01 });
});

test('products of features estimate exp(beta x.y) without bias', async () => {
  const { gpu } = await homes();
  const r = 20000;
  const w = draw(gpu, [r, 4], 4);
  const [x, y] = [gpu.tensor([1, 4], [0.3, -0.2, 0.1, 0.4]), gpu.tensor([1, 4], [0.1, 0.3, -0.5, 0.2])];
  const exact = Math.exp(0.3 * 0.1 - 0.2 * 0.3 - 0.1 * 0.5 + 0.4 * 0.2);
  for (const kind of ['positive', 'trigonometric'] as const) {
    const [a, b] = [
      await gpu.read(await features(kind, x, w, { scale: 1 })),
      await gpu.read(await features(kind, y, w, { scale: 1 })),
    ];
    let sum = 0;
    a.forEach((value, i) => {
      sum += value * b[i];
    });
    // |x + y|^2 = 0.69: the standard error is exact sqrt((e^0.69 - 1) / r) = 0.7 %; four of them.
    expect(Math.abs(sum - exact)).toBeLessThanOrEqual(4 * exact * Math.sqrt((Math.exp(0.69) - 1) / r));
  }
});

test.each([
  { q: [1, 1], v: 1 },
  { q: [5, 3], v: 7 },
  { q: [16, 16], v: 16 },
  { q: [65, 31], v: 33 },
  { q: [300, 20], v: 12 },
  { q: [2, 3, 40, 8], v: 5 },
])('attention through features $q is within its bound', async ({ q: shape, v }) => {
  const { gpu } = await homes({ verify: true });
  const [q, k] = [draw(gpu, shape, 5), draw(gpu, shape, 6)];
  const values = draw(gpu, [...shape.slice(0, -1), v], 7);
  const out = await featureAttention(q, k, values, { elu: { scale: 0.7 } });
  expect(out.o.shape).toEqual([...shape.slice(0, -1), v]);
  const positive = async (t: Tensor) =>
    t.home.tensor(t.shape, Float64Array.from(await t.home.read(t), Math.abs));
  await featureAttention(await positive(q), await positive(k), values);
});

test('more keys than queries, and constant values come out as they are', async () => {
  const { gpu } = await homes();
  const out = await featureAttention(
    draw(gpu, [7, 6], 1),
    draw(gpu, [50, 6], 2),
    gpu.tensor([50, 3], new Array(150).fill(2.5)),
    { elu: { scale: 1 } },
  );
  for (const x of await gpu.read(out.o)) expect(Math.abs(x - 2.5)).toBeLessThanOrEqual(2.5 * 120 * 2 ** -24);
});

test('refuses what does not fit', async () => {
  const { gpu } = await homes();
  const t = (m: number, n: number) => gpu.tensor([m, n]);
  await expect(features('positive', t(2, 3), t(4, 5), { scale: 1 })).rejects.toThrow('3 and 5 columns');
  await expect(featureAttention(t(2, 3), t(4, 5), t(4, 1))).rejects.toThrow('do not fit');
});
