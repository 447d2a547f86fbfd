import { expect, test } from 'vitest';
import { cpuData } from '../gpu/cpuhome';
import { homes } from '../gpu/testing';
import { complexInverse, complexMatmul, complexMatrix } from '../math/complex';
import { adjointTimes, legs, legsLowRank, legsNormalForm, polesOf, rowTimes } from '../math/hippo';
import { identity, matmul, matrix, subtract } from '../math/linalg';
import { bilinear, matrixPower } from '../math/statespace';
import { normals } from '../math/threefry';
import { cauchyTerms, deviceComplex, dplrTables, dplrTransfer, legsResponse, splitComplex } from './cauchy';

/** The DPLR form of LegS with n states and a random C, and its kernel by powers, in float64. */
function legsSystem(n: number, length: number, dt: number) {
  const form = legsNormalForm(n);
  const discrete = bilinear(legs(n), dt);
  const c = matrix(1, n, normals(1, 0, n));
  const ct = matmul(c, subtract(identity(n), matrixPower(discrete.a, length)));
  const system = {
    lam: polesOf(form),
    b: adjointTimes(form, legs(n).b),
    p: adjointTimes(form, legsLowRank(n)),
    ct: rowTimes(form, ct.data),
    share: form.share,
  };
  const kernel = new Float64Array(length);
  let state = matrix(n, 1, discrete.b);
  for (let j = 0; j < length; j++) {
    kernel[j] = matmul(c, state).data[0];
    state = matmul(discrete.a, state);
  }
  return { system, kernel };
}

test.each([
  [1, 4],
  [2, 16],
  [5, 32],
  [16, 64],
])('the generating function of %i states is the DFT of the kernel of %i steps', async (n, length) => {
  const { gpu, cpu } = await homes({ verify: true });
  const dt = 1 / 32;
  const { system, kernel } = legsSystem(n, length, dt);
  const exact = cpuData(await dplrTransfer(dplrTables(cpu, system, dt, length)));
  const size = Math.sqrt(length) * Math.hypot(...kernel);
  for (let k = 0; k <= length / 2; k++) {
    let [re, im] = [0, 0];
    kernel.forEach((x, j) => {
      re += x * Math.cos((2 * Math.PI * j * k) / length);
      im -= x * Math.sin((2 * Math.PI * j * k) / length);
    });
    // The tables are rounded to float32, so even the twin is only that exact: a few n u of what the poles amplify.
    expect(Math.hypot(exact[2 * k] - re, exact[2 * k + 1] - im)).toBeLessThanOrEqual(
      64 * n * 2 ** -24 * size,
    );
  }
  expect((await gpu.read(await dplrTransfer(dplrTables(gpu, system, dt, length)))).length).toBe(length + 2);
});

test('differences keep their digits beside a pole', async () => {
  const { gpu, cpu } = await homes({ verify: true });
  const mu = { re: Float64Array.of(-0.5, -1e-3, -2), im: Float64Array.of(1303.797283, 17.1234567891, 0) };
  const s = { re: new Float64Array(4), im: Float64Array.of(1303.797284, 17.12345679, 0, 1e5) };
  const run = (home: typeof gpu | typeof cpu) =>
    cauchyTerms(
      splitComplex(home, s),
      splitComplex(home, mu),
      deviceComplex(home, { re: Float64Array.of(1, 2, 3), im: Float64Array.of(0, -1, 1) }),
    );
  const got = await gpu.read(await run(gpu));
  const want = cpuData(await run(cpu));
  expect(got.length).toBe(24);
  // The first difference is 1e-6 of its operands; float32 alone would be off by half the width of the pole.
  expect(Math.hypot(got[0] - want[0], got[1] - want[1])).toBeLessThanOrEqual(24 * 2 ** -24 * 2);
});

test.each([1, 2, 7, 16])('the closed form response of %i states is (s - A)^-1 B', async (n) => {
  const { gpu, cpu } = await homes({ verify: true });
  const omega = [0.1, 1, 3, 50];
  const { response, companion } = await legsResponse(cpu.tensor([4, 1], omega), n);
  const [r, t] = [cpuData(response), cpuData(companion)];
  const { a, b } = legs(n);
  omega.forEach((value, f) => {
    const w = Math.fround(value);
    const shifted = { ...complexMatrix(n, n), re: a.data.map((x) => -x) };
    for (let i = 0; i < n; i++) shifted.im[i * (n + 1)] = w;
    const want = complexMatmul(complexInverse(shifted)!, {
      rows: n,
      cols: 1,
      re: b,
      im: new Float64Array(n),
    });
    let size = 0;
    for (let i = 0; i < n; i++) {
      expect(r[2 * (f * n + i)]).toBeCloseTo(want.re[i], 10);
      expect(r[2 * (f * n + i) + 1]).toBeCloseTo(want.im[i], 10);
      size = Math.hypot(size, want.re[i], want.im[i]);
    }
    expect(size).toBeCloseTo(n / Math.hypot(w, n), 10);
    expect(Math.hypot(t[2 * f], t[2 * f + 1])).toBeCloseTo(w / Math.hypot(w, n), 10);
  });
  expect((await gpu.read((await legsResponse(gpu.tensor([4, 1], omega), n)).response)).length).toBe(8 * n);
});
