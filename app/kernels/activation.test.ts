import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { homes } from '../gpu/testing';
import { gelu as gelu64, geluSlope } from '../math/gelu';
import { normals } from '../math/threefry';
import { gelu, geluBound, geluGradient, geluSlopeBound } from './activation';

test.each([
  [1, 1],
  [3, 21],
  [1, 64],
  [5, 13],
  [33, 31],
])('GELU and its gradient of %i x %i are within their bounds', async (m, n) => {
  const { gpu, cpu } = await homes();
  const z = normals(1, 0, m * n).map((x) => 4 * x);
  const d = normals(1, 1, m * n);
  const h = await gpu.read(await gelu(gpu.tensor([m, n], z)));
  const dz = await gpu.read(await geluGradient(gpu.tensor([m, n], d), gpu.tensor([m, n], z)));
  const x = cpuData(cpu.tensor([m, n], z));
  const wantH = cpuData(await gelu(cpu.tensor([m, n], z)));
  const wantDz = cpuData(await geluGradient(cpu.tensor([m, n], d), cpu.tensor([m, n], z)));
  h.forEach((value, i) => {
    expect(Math.abs(value - wantH[i])).toBeLessThanOrEqual(geluBound(x[i]));
    const limit = Math.abs(d[i]) * geluSlopeBound(x[i]) + Math.abs(wantDz[i]) * 2 ** -23 + 1e-37;
    expect(Math.abs(dz[i] - wantDz[i])).toBeLessThanOrEqual(limit);
  });
});

test('GELU vanishes far below, is the identity far above, and gelu(x) - gelu(-x) = x', async () => {
  const { gpu } = await homes();
  const x = [-1e30, -30, -8, -1, 0, 1, 8, 30, 1e18];
  const h = await gpu.read(await gelu(gpu.tensor([1, x.length], x)));
  // The tail s is capped at exp(-80): what is left of -1e30 is below 2e-5, and of -30 below 1e-33.
  expect(Math.abs(h[0])).toBeLessThanOrEqual(1e30 * 1.9e-35);
  expect(Math.abs(h[1])).toBeLessThanOrEqual(30 * 1.9e-35);
  expect(h[4]).toBe(0);
  expect(Array.from(h.slice(7))).toEqual([30, Math.fround(1e18)]);
  expect(h[5] - h[3]).toBeCloseTo(1, 6);
  expect(h[6] - h[2]).toBeCloseTo(8, 5);
});

test('the slope is the derivative: central differences in float64', () => {
  for (let x = -6; x <= 6; x += 0.37) {
    const h = 1e-5;
    const central = (gelu64(x + h) - gelu64(x - h)) / (2 * h);
    // Truncation h^2 / 6 |gelu'''| (at most 3) and rounding 2^-52 |gelu| / h.
    expect(Math.abs(geluSlope(x) - central)).toBeLessThanOrEqual((3 * h * h) / 6 + (2 ** -51 * 6) / h);
  }
});

test('a gradient of another shape is refused', async () => {
  const { gpu } = await homes();
  await expect(geluGradient(gpu.tensor([2, 3]), gpu.tensor([3, 2]))).rejects.toThrow('2 x 3');
});
