/**
 * The trained r x r core between two fixed factors, W_eff = W + B R A, and where its factors come from: the
 * first full fine-tuning update (LoRA-SB) or the weight itself (LoRA-XS).
 */
import type { Tensor } from '../../../gpu/home';
import { scaleRows } from '../../../kernels/elementwise';
import { matmul } from '../../../kernels/matmul';
import { frobenius, squareSums, sumsOfSquares } from '../../../kernels/reduce';
import { copy } from '../../../kernels/slice';
import { columns, type Matrix, matrix, scaleColumns, transpose } from '../../../math/linalg';
import { type Svd, svd } from '../../../math/svd';
import { normals } from '../../../math/threefry';
import { type Adapter, adaptedLayer, type Part, partOf } from '../../../testbeds/adapters';
import { backward, denseLayer, forward, type Layer, lossGradient } from '../../../testbeds/layers';
import { parameterList } from '../../../testbeds/parameters';
import { adamModel, type Model, type NetworkBed, rowsInOrder } from '../../../testbeds/training';

/** Fixed factors of a layer and the first core: B m x k, A k x n, R k x k. */
export interface Core {
  b: Matrix;
  a: Matrix;
  r: Matrix;
  /** ||b_i||: what an orthonormal basis of B's columns is short of B. */
  lengths: Float64Array;
}

const diagonal = (s: Float64Array): Matrix => {
  const out = matrix(s.length, s.length);
  s.forEach((value, i) => {
    out.data[i * (s.length + 1)] = value;
  });
  return out;
};

/** The gradient dL/dW of every layer over the first `samples` rows in batch order, on the host. */
export async function meanGradients(bed: NetworkBed, samples: number): Promise<Matrix[]> {
  const { home, data } = bed;
  return home.scope(async () => {
    const gradients = data.weights.map((w) => home.tensor([w.rows, w.cols]));
    const layers = bed.weights.map((w, l) => denseLayer(w, gradients[l]));
    const { x, t } = await rowsInOrder(bed, 0, samples);
    const trace = await forward(layers, x);
    await backward(layers, trace, await lossGradient(trace.output, t, data.scale));
    const out: Matrix[] = [];
    for (const [l, { rows, cols }] of data.weights.entries()) {
      out.push(matrix(rows, cols, Float64Array.from(await home.read(gradients[l]))));
    }
    return out;
  });
}

/** D = -eta sign(G), or -eta G / mean |G|. */
export function firstUpdate(g: Matrix, eta: number, sign: boolean): Matrix {
  const mean = g.data.reduce((sum, value) => sum + Math.abs(value), 0) / g.data.length;
  return matrix(
    g.rows,
    g.cols,
    g.data.map((value) => -eta * (sign ? Math.sign(value) : value / mean)),
  );
}

/** LoRA-SB: B = U_k, R = diag(S_k), A = V_k^T of the first update. */
export function updateCore({ u, s, v }: Svd, rank: number): Core {
  const k = Math.min(rank, s.length);
  return {
    b: columns(u, 0, k),
    a: transpose(columns(v, 0, k)),
    r: diagonal(s.slice(0, k)),
    lengths: new Float64Array(k).fill(1),
  };
}

/** LoRA-XS: B = U_k diag(S_k), A = V_k^T of the weight, R = 1e-5 normal. */
export function weightCore(w: Matrix, rank: number, seed: number, stream: number): Core {
  const { u, s, v } = svd(w);
  const k = Math.min(rank, s.length);
  return {
    b: scaleColumns(columns(u, 0, k), s.slice(0, k)),
    a: transpose(columns(v, 0, k)),
    r: matrix(
      k,
      k,
      normals(seed, stream, k * k).map((z) => 1e-5 * z),
    ),
    lengths: s.slice(0, k),
  };
}

/** Entries of a place in the record of squared norms: at most 128 x 128 / 512 sums, and the core's. */
const PLACE = 64;

/** Squared norms of gradients, step by step, written by the device and read once at the end. */
export interface Captured {
  record: Tensor;
  /** Where step and layer stand: the core's sums, then those of the whole gradient. */
  place(layer: number): { core: Tensor; whole: Tensor };
  step: number;
}

/** dW = B R A. Where `watch` is given, the captured share of the gradient is recorded. */
function coreAdapter(
  b: Tensor,
  a: Tensor,
  r: Part,
  watch: { captured: Captured; layer: number; inverse: Tensor } | null,
): Adapter {
  return {
    async forward(x, saved) {
      const p = await matmul(x, a, { transposeB: true });
      saved.push(p);
      return { u: await matmul(p, r.value, { transposeB: true }), v: b, transposeV: true };
    },
    async backward(x, dz, [p], wantInput) {
      const q = await matmul(dz, b);
      if (r.gradient) await matmul(q, p, { transposeA: true, into: r.gradient });
      if (watch && r.gradient) {
        const { core, whole } = watch.captured.place(watch.layer);
        await sumsOfSquares(await scaleRows(r.gradient, watch.inverse), core);
        await sumsOfSquares(await matmul(dz, x, { transposeA: true }), whole);
      }
      return wantInput ? { u: await matmul(q, r.value), v: a } : null;
    },
    async merge(w) {
      await matmul(await matmul(b, r.value), a, { beta: 1, into: w });
    },
  };
}

/** The network with these [B, R, A, B, R, A, ...], untrained. */
export const coreLayers = (bed: NetworkBed, parts: readonly Tensor[]): Layer[] =>
  bed.weights.map((w, l) => {
    const [b, r, a] = parts.slice(3 * l, 3 * l + 3);
    return adaptedLayer(w, coreAdapter(b, a, { value: r, gradient: null }, null));
  });

export interface CoreModel extends Model {
  /** Trained R of every layer. */
  cores: readonly Tensor[];
  captured: Captured | null;
}

export interface CoreOptions {
  rate: number;
  /** Steps whose captured share is recorded; 0 for none. */
  watch: number;
}

export function coreModel(bed: NetworkBed, cores: readonly Core[], { rate, watch }: CoreOptions): CoreModel {
  const { home } = bed;
  const upload = (m: Matrix): Tensor => home.tensor([m.rows, m.cols], m.data);
  const list = parameterList(
    home,
    cores.map(({ r }) => ({ shape: [r.rows, r.cols], values: r.data })),
  );
  const captured = watch > 0 ? recordOf(bed, cores.length, watch) : null;
  const layers = cores.map(({ b, a, lengths }, layer) => {
    const inverse = home.tensor(
      [lengths.length],
      lengths.map((value) => 1 / value),
    );
    const place = captured && { captured, layer, inverse };
    return adaptedLayer(bed.weights[layer], coreAdapter(upload(b), upload(a), partOf(list, layer), place));
  });
  return {
    ...adamModel(layers, list, { rate }),
    cores: list.parts,
    captured,
    async before(step) {
      if (captured) captured.step = step;
    },
  };
}

function recordOf({ home, data }: NetworkBed, layers: number, steps: number): Captured {
  const record = home.tensor([steps * layers * 2 * PLACE]);
  return {
    record,
    step: 0,
    place(layer) {
      const { rows, cols } = data.weights[layer];
      const at = (this.step * layers + layer) * 2 * PLACE;
      return {
        core: home.view(record, at, [PLACE]),
        whole: home.view(record, at + PLACE, [squareSums(rows * cols)]),
      };
    },
  };
}

/** The captured share, the mean over layers, of every recorded step. */
export async function capturedShares({ captured }: CoreModel, layers: number): Promise<number[]> {
  if (!captured) return [];
  const values = await captured.record.home.read(captured.record);
  const sum = (from: number): number => {
    let total = 0;
    for (let i = from; i < from + PLACE; i++) total += values[i];
    return total;
  };
  const steps = values.length / (layers * 2 * PLACE);
  return Array.from({ length: steps }, (_, step) => {
    let share = 0;
    for (let layer = 0; layer < layers; layer++) {
      const at = (step * layers + layer) * 2 * PLACE;
      const whole = sum(at + PLACE);
      share += whole > 0 ? sum(at) / whole / layers : 0;
    }
    return share;
  });
}

/** ||B R A - D||_F / ||D||_F, measured on the residual in the home. */
export async function startError(bed: NetworkBed, { b, r, a }: Core, d: Matrix): Promise<number> {
  const { home } = bed;
  return home.scope(async () => {
    const upload = (m: Matrix): Tensor => home.tensor([m.rows, m.cols], m.data);
    const whole = upload(d);
    const left = await matmul(upload(b), upload(r));
    const rest = await matmul(left, upload(a), { beta: -1, into: await copy(whole) });
    return (await frobenius(rest)) / (await frobenius(whole));
  });
}
