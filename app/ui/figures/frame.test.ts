import { expect, test } from 'vitest';
import { equalFrame, frameOf, xPixel, xValue, yPixel, yValue } from './frame';

const frame = frameOf(
  { width: 360, height: 280 },
  { label: 'index', scale: 'log', domain: [1, 512] },
  { label: 'sigma', scale: 'log', domain: [1e-7, 100] },
);

test('pixels and values are each other`s inverse', () => {
  for (const value of [1, 7, 512]) expect(xValue(frame, xPixel(frame, value))).toBeCloseTo(value, 9);
  for (const value of [1e-7, 3e-3, 100])
    expect(yValue(frame, yPixel(frame, value)) / value).toBeCloseTo(1, 9);
});

test('the ends of the domain are the edges of the plot area', () => {
  expect(xPixel(frame, 1)).toBe(frame.left);
  expect(xPixel(frame, 512)).toBeCloseTo(frame.right, 9);
  expect(yPixel(frame, 1e-7)).toBe(frame.bottom);
});

test('a value without a place on a log axis has no pixel', () => {
  expect(xPixel(frame, 0)).toBeNaN();
});

test('on equal axes a unit is as long across as it is up, and everything stays in sight', () => {
  const axis = (domain: readonly [number, number]) => ({ label: '', scale: 'linear' as const, domain });
  const room = { width: 500, height: 320 };
  const frame = equalFrame(room, frameOf(room, axis([-1, 1]), axis([0, 30])));
  const across = xPixel(frame, 1) - xPixel(frame, 0);
  const up = yPixel(frame, 0) - yPixel(frame, 1);
  expect(across).toBeCloseTo(up, 6);
  expect(frame.y.domain).toEqual([0, 30]);
  expect(frame.x.domain[0]).toBeLessThanOrEqual(-1);
});
