/**
 * Sketches Y = A Omega (m x l) with the random matrices of the rsvd card: Gaussian, sparse signs (Clarkson,
 * Woodruff 2013), and the subsampled randomized Hadamard transform (Tropp 2011). The Gaussian one is drawn on
 * the device; the other two come from the same streams on the host.
 */
import { colsOf, type Home, type Tensor } from '../gpu/home';
import { nextPowerOfTwo } from '../math/integers';
import { permutation, signs, uniforms } from '../math/threefry';
import { matmul } from './matmul';
import { normal } from './random';

/** A times a standard normal n x l matrix of this stream. */
export async function sketchGaussian(a: Tensor, l: number, seed: number, stream: number): Promise<Tensor> {
  return times(a, await normal(a.home, [colsOf(a), l], seed, stream));
}

/** Each row of Omega has zeta = min(8, l) entries +-1 / sqrt(zeta), where the l uniforms of the row are smallest. */
export async function sketchSparse(
  a: Tensor,
  l: number,
  seed: number,
  [positions, signStream]: readonly [number, number],
): Promise<Tensor> {
  return times(a, sparseSigns(a.home, [colsOf(a), l], seed, [positions, signStream]));
}

/** Omega = sqrt(N / l) D H P with N the power of two >= n. */
export async function sketchSrht(
  a: Tensor,
  l: number,
  seed: number,
  [signStream, permutationStream]: readonly [number, number],
): Promise<Tensor> {
  return times(a, srht(a.home, [colsOf(a), l], seed, [signStream, permutationStream]));
}

async function times(a: Tensor, omega: Tensor): Promise<Tensor> {
  const y = await matmul(a, omega);
  a.home.release(omega);
  return y;
}

function sparseSigns(home: Home, [n, l]: readonly [number, number], seed: number, [at, sign]: readonly [number, number]): Tensor {
  const zeta = Math.min(8, l);
  const u = uniforms(seed, at, n * l);
  const s = signs(seed, sign, n * zeta);
  const omega = new Float64Array(n * l);
  for (let i = 0; i < n; i++) {
    const row = u.subarray(i * l, (i + 1) * l);
    const order = Array.from(row.keys()).sort((x, y) => row[x] - row[y] || x - y);
    for (let z = 0; z < zeta; z++) omega[i * l + order[z]] = s[i * zeta + z] / Math.sqrt(zeta);
  }
  return home.tensor([n, l], omega);
}

function srht(home: Home, [n, l]: readonly [number, number], seed: number, [sign, order]: readonly [number, number]): Tensor {
  const size = nextPowerOfTwo(n);
  const d = signs(seed, sign, n);
  const p = permutation(seed, order, size);
  const omega = new Float64Array(n * l);
  // Entry (i, j) of the Walsh-Hadamard matrix in natural order is (-1)^(bits of i and j in common) / sqrt(N).
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < l; c++) omega[i * l + c] = (d[i] * (odd(i & p[c]) ? -1 : 1)) / Math.sqrt(l);
  }
  return home.tensor([n, l], omega);
}

function odd(bits: number): boolean {
  let x = bits;
  for (const shift of [16, 8, 4, 2, 1]) x ^= x >> shift;
  return (x & 1) === 1;
}
