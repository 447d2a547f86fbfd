import { expect, test } from 'vitest';
import { convolve, fft, ifft, rootOfUnity } from './fft';
import { normals } from './threefry';

/** The sum as it stands. */
function direct(x: Float64Array): Float64Array {
  const n = x.length / 2;
  const y = new Float64Array(2 * n);
  for (let k = 0; k < n; k++) {
    for (let t = 0; t < n; t++) {
      const [c, s] = rootOfUnity((t * k) % n, n);
      y[2 * k] += x[2 * t] * c - x[2 * t + 1] * s;
      y[2 * k + 1] += x[2 * t] * s + x[2 * t + 1] * c;
    }
  }
  return y;
}

const distance = (a: Float64Array, b: Float64Array): number => Math.hypot(...a.map((x, i) => x - b[i]));

test('roots of unity are right in every octant', () => {
  for (const n of [1, 2, 3, 4, 7, 8, 12, 1000]) {
    for (let k = -n; k < 2 * n; k++) {
      const [c, s] = rootOfUnity(k, n);
      const angle = (-2 * Math.PI * k) / n;
      expect(Math.abs(c - Math.cos(angle)) + Math.abs(s - Math.sin(angle))).toBeLessThan(1e-14);
    }
  }
  expect(rootOfUnity(1, 4).map(Math.abs)).toEqual([0, 1]);
});

test.each([1, 2, 3, 4, 5, 8, 16, 17, 30, 32, 63, 97, 128, 255])(
  'transforms %i numbers as the sum says, and back',
  (n) => {
    const x = Float64Array.from(normals(5, n, 2 * n));
    const want = direct(x);
    const bound = 16 * (Math.log2(n) + 2) * 2 ** -53 * Math.hypot(...want);
    expect(distance(fft(x), want)).toBeLessThanOrEqual(bound);
    expect(distance(ifft(fft(x)), x)).toBeLessThanOrEqual(bound / Math.sqrt(n));
  },
);

test('a shift turns into a phase at 2^14 and at a prime', () => {
  for (const n of [2 ** 14, 10007]) {
    const x = Float64Array.from(normals(6, 0, 2 * n));
    const shifted = new Float64Array(2 * n);
    shifted.set(x.subarray(2 * n - 2));
    shifted.set(x.subarray(0, 2 * n - 2), 2);
    const [a, b] = [fft(x), fft(shifted)];
    let [error, size] = [0, 0];
    for (let k = 0; k < n; k++) {
      const [c, s] = rootOfUnity(k, n);
      error += (a[2 * k] * c - a[2 * k + 1] * s - b[2 * k]) ** 2;
      size += b[2 * k] ** 2 + b[2 * k + 1] ** 2;
    }
    expect(Math.sqrt(error / size)).toBeLessThan(100 * 2 ** -53);
  }
});

test('convolves as the sum says', () => {
  for (const [n, m, length] of [
    [1, 1, 1],
    [7, 3, 9],
    [16, 16, 16],
    [5, 20, 30],
  ]) {
    const u = Float64Array.from(normals(7, 0, n));
    const k = Float64Array.from(normals(7, 1, m));
    const want = Float64Array.from({ length }, (_, t) => {
      let sum = 0;
      for (let s = 0; s < m; s++) sum += k[s] * (u[t - s] ?? 0);
      return sum;
    });
    expect(distance(convolve(u, k, length), want)).toBeLessThan(
      1e-14 * Math.hypot(...u) * Math.hypot(...k) * 10,
    );
  }
});
