/**
 * Changes of the form P diag(c) Q^T with fixed P (m x k) and Q (n x k), and c trained from zero: SVFit, where P and
 * Q are singular vectors and c = d - s, and the random basis it is compared with. For Adam it is the same whether d
 * or c = d - s is trained.
 */
import type { Tensor } from '../../../gpu/home';
import { scaleColumns } from '../../../kernels/elementwise';
import { matmul } from '../../../kernels/matmul';
import { columnDots } from '../../../kernels/reduce';
import { columns, type Matrix, matrix } from '../../../math/linalg';
import type { Svd } from '../../../math/svd';
import { normals } from '../../../math/threefry';
import { type Adapter, adaptedLayer, type Part, partOf } from '../../../testbeds/adapters';
import type { Layer } from '../../../testbeds/layers';
import { parameterList } from '../../../testbeds/parameters';
import { adamModel, type Model, type NetworkBed } from '../../../testbeds/training';

/** Fixed directions of a layer: P m x k and Q n x k. */
export interface Basis {
  p: Matrix;
  q: Matrix;
}

/** x dW^T = ((x Q) diag(c)) P^T, and dL/dc_i = sum over rows of (dz p_i)(x q_i): 4 batch k (m + n) operations. */
const diagonalAdapter = (p: Tensor, q: Tensor, c: Part): Adapter => ({
  async forward(x, saved) {
    const coordinates = await matmul(x, q);
    saved.push(coordinates);
    return { u: await scaleColumns(coordinates, c.value), v: p, transposeV: true };
  },
  async backward(_x, dz, [coordinates], wantInput) {
    const back = await matmul(dz, p);
    if (c.gradient) await columnDots(back, coordinates, c.gradient);
    return wantInput ? { u: await scaleColumns(back, c.value), v: q, transposeV: true } : null;
  },
  async merge(w) {
    await matmul(await scaleColumns(p, c.value), q, { transposeB: true, beta: 1, into: w });
  },
});

/** The network with these [P, c, Q, P, c, Q, ...], untrained. */
export const basisLayers = (bed: NetworkBed, parts: readonly Tensor[]): Layer[] =>
  bed.weights.map((w, l) => {
    const [p, c, q] = parts.slice(3 * l, 3 * l + 3);
    return adaptedLayer(w, diagonalAdapter(p, q, { value: c, gradient: null }));
  });

export interface BasisModel extends Model {
  /** The trained c of every layer. */
  diagonals: readonly Tensor[];
}

export function basisModel(bed: NetworkBed, bases: readonly Basis[], rate: number): BasisModel {
  const { home } = bed;
  const upload = (m: Matrix): Tensor => home.tensor([m.rows, m.cols], m.data);
  const list = parameterList(
    home,
    bases.map(({ p }) => ({ shape: [p.cols] })),
  );
  const layers = bases.map(({ p, q }, l) =>
    adaptedLayer(bed.weights[l], diagonalAdapter(upload(p), upload(q), partOf(list, l))),
  );
  return { ...adamModel(layers, list, { rate }), diagonals: list.parts };
}

/** The leading singular vectors. */
export const singularBasis = ({ u, s, v }: Svd, rank: number): Basis => {
  const k = Math.min(rank, s.length);
  return { p: columns(u, 0, k), q: columns(v, 0, k) };
};

/** F m x k, N(0, 1/m), from stream 23 + layer; H k x n, N(0, 1/n), from stream 26 + layer, transposed here. */
export function randomBasis(
  seed: number,
  layer: number,
  [m, n]: readonly [number, number],
  rank: number,
): Basis {
  const k = Math.min(rank, m, n);
  const f = normals(seed, 23 + layer, m * k).map((z) => z / Math.sqrt(m));
  const h = normals(seed, 26 + layer, k * n);
  const q = matrix(n, k);
  for (let i = 0; i < k; i++) for (let j = 0; j < n; j++) q.data[j * k + i] = h[i * n + j] / Math.sqrt(n);
  return { p: matrix(m, k, f), q };
}

/** u_i^T W v_i for the leading k directions: the Frobenius-nearest values to a weight. */
export function wantedValues({ p, q }: Basis, w: Matrix): Float64Array {
  const out = new Float64Array(p.cols);
  for (let i = 0; i < p.cols; i++) {
    let sum = 0;
    for (let r = 0; r < w.rows; r++) {
      let row = 0;
      for (let c = 0; c < w.cols; c++) row += w.data[r * w.cols + c] * q.data[c * q.cols + i];
      sum += p.data[r * p.cols + i] * row;
    }
    out[i] = sum;
  }
  return out;
}
