import { expect, test } from 'vitest';
import { given, made, now, random, step, transposed } from '../../methods/steps';
import { placeStep, scaleOf } from './layout';
import { equationWords, partsOf } from './words';

const sketch = (l: number) =>
  step('Sketch', now(made('Y', 512, l)), 'equals', [given('A', 512, 384), random('Ω', 384, l)], {
    tex: 'Y = A \\Omega',
    text: 'Random combinations.',
  });

const wide = { width: 700, height: 180 };
const phone = { width: 280, height: 180 };

test.each([wide, phone])('blocks keep their proportions and stay within %o', (room) => {
  const one = sketch(100);
  const { blocks, joints } = placeStep(one, [one], room);
  const [y, a, omega] = blocks;
  expect(blocks.map(({ block }) => block.symbol)).toEqual(['Y', 'A', 'Ω']);
  expect(joints.map(({ text }) => text)).toEqual(['=', '×']);
  expect(a.height / a.width).toBeCloseTo(512 / 384, 6);
  expect(omega.width / a.width).toBeCloseTo(100 / 384, 6);
  expect(y.height).toBeCloseTo(a.height, 6);
  for (const { x, width } of blocks) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(room.width + 1e-6);
  }
});

test('steps share a scale, except one that could hardly be seen', () => {
  const large = sketch(100);
  const small = step('Square', given('S', 300, 300), 'entrywise', now(made('R', 300, 300)), {
    tex: '',
    text: '',
  });
  const tiny = step('Tiny', given('s', 4, 4), 'entrywise', now(made('r', 4, 4)), { tex: '', text: '' });
  const steps = [large, small, tiny];
  const common = Math.min(...steps.map((one) => scaleOf(one, wide)));
  const placed = placeStep(small, steps, wide);
  expect(placed.shared).toBe(true);
  expect(placed.blocks[0].width).toBeCloseTo(300 * common, 6);
  expect(placeStep(tiny, steps, wide).shared).toBe(false);
});

test('a long product is broken into rows that fit a phone', () => {
  const x = given('Xᵀ', 6, 512);
  const u = made('diag(ρ)U', 512, 84);
  const k = [transposed(u), transposed(x), x, u];
  const one = step('Long', now(made('∂W', 84, 84)), 'equals', [...k, ...k], { tex: '', text: '' });
  const { blocks, height } = placeStep(one, [one], phone);
  expect(new Set(blocks.map(({ y, height: high }) => Math.round(y + high / 2))).size).toBeGreaterThan(2);
  for (const { x: from, width, y, height: high } of blocks) {
    expect(from).toBeGreaterThanOrEqual(0);
    expect(from + width).toBeLessThanOrEqual(phone.width + 1e-6);
    expect(y + high).toBeLessThanOrEqual(height);
  }
});

test('a matrix has the same key in every step, twice in one step two', () => {
  const keys = (one: ReturnType<typeof sketch>) => placeStep(one, [one], wide).blocks.map(({ key }) => key);
  const [y] = keys(sketch(8));
  expect(keys(sketch(24))[0]).toBe(y);
  const A = given('A', 4, 4);
  const twice = keys(step('Square', now(made('B', 4, 4)), 'equals', [A, A], { tex: '', text: '' }));
  expect(new Set(twice).size).toBe(3);
});

test('a symbol is set with its low and high parts', () => {
  expect(partsOf('(B_q eᶜ)ᵀ').map(({ text, set }) => `${set} ${text}`)).toEqual([
    'plain (B',
    'low q',
    'plain  eᶜ)ᵀ',
  ]);
  expect(partsOf('Λ^−½').map(({ set }) => set)).toEqual(['plain', 'high']);
});

test('a step is said in words', () => {
  expect(equationWords(sketch(24))).toBe('Y 512 × 24 equals A 512 × 384 times Ω 384 × 24');
});
