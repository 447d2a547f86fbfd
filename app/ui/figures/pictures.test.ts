import { expect, test } from 'vitest';
import { colorRange, LUTS, paint } from './colormap';
import { paintDifference, paintPlanes, wipeAt, wipeKey } from './wipe';

test('sequential colours grow lighter from low to high, so they survive print and colour blindness', () => {
  const lut = LUTS.sequential;
  const light = (i: number) => 0.2126 * lut[3 * i] + 0.7152 * lut[3 * i + 1] + 0.0722 * lut[3 * i + 2];
  for (let i = 16; i < 256; i += 16) expect(light(i)).toBeGreaterThan(light(i - 16));
});

test('diverging colours are symmetric about zero', () => {
  expect(colorRange([-1, 4], { palette: 'diverging', log: false })).toEqual([-4, 4]);
});

test('values beyond the range take its end colours, NaN and log of 0 a translucent grey', () => {
  const out = new Uint8ClampedArray(16);
  paint([-9, 99, Number.NaN, 1], { range: [0, 1], log: false, lut: LUTS.sequential }, out);
  expect([...out.slice(0, 4)]).toEqual([...LUTS.sequential.slice(0, 3), 255]);
  expect([...out.slice(4, 8)]).toEqual([...LUTS.sequential.slice(765), 255]);
  expect(out[11]).toBeLessThan(255);
  paint([0, 1, 1, 1], { range: [0.1, 1], log: true, lut: LUTS.sequential }, out);
  expect(out[3]).toBeLessThan(255);
});

const grey = (...values: number[]) => ({ rows: 1, cols: values.length, planes: [Float32Array.from(values)] });

test('one plane is grey, the range ends are black and full, what lies outside is clamped', () => {
  const out = new Uint8ClampedArray(12);
  paintPlanes(grey(-1, 3, 9), [-1, 3], out);
  expect([...out]).toEqual([0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255]);
});

test('no difference is middle grey, amplification multiplies it', () => {
  const out = new Uint8ClampedArray(8);
  paintDifference(grey(0.5, 0.5), grey(0.5, 0.6), [0, 1], 4, out);
  expect(out[0]).toBe(128);
  expect(out[4]).toBe(128 + 102);
});

test('the wipe stays on the picture, by pointer and by key', () => {
  expect(wipeAt(150, { left: 100, width: 200 })).toBe(0.25);
  expect(wipeAt(-50, { left: 100, width: 200 })).toBe(0);
  expect(wipeKey('ArrowRight', 0.99)).toBe(1);
  expect(wipeKey('Home', 0.4)).toBe(0);
  expect(wipeKey('a', 0.4)).toBeUndefined();
});
