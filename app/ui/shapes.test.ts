import { expect, test } from 'vitest';
import { placeShapes, symbolText } from './shapes';

test('shapes keep their proportions, to one scale, within the room', () => {
  const placed = placeShapes(
    [
      { symbol: 'A', rows: 512, cols: 384 },
      { symbol: 'Q', rows: 512, cols: 24, joint: '≈' },
      { symbol: 'B', rows: 24, cols: 384, joint: '×' },
    ],
    { width: 288, height: 112 },
  );
  const [a, q, b] = placed;
  expect(a.height / a.width).toBeCloseTo(512 / 384, 9);
  expect(q.width / a.width).toBeCloseTo(24 / 384, 9);
  expect(b.width).toBeCloseTo(a.width, 9);
  expect(b.x + b.width).toBeLessThanOrEqual(288);
  expect(a.height).toBeLessThanOrEqual(112);
});

test('what is too thin to be seen is drawn just wide enough', () => {
  const [, d] = placeShapes([
    { symbol: 'W', rows: 4096, cols: 4096 },
    { symbol: 'd', rows: 4096, cols: 1 },
  ]);
  expect(d.width).toBe(2);
});

test.each([
  ['V \\Lambda V^*', 'V Λ V*'],
  ['P^T', 'Pᵀ'],
  ['B_1', 'B1'],
  ['A', 'A'],
])('%s is written as text', (tex, text) => {
  expect(symbolText(tex)).toBe(text);
});
