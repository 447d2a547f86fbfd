/**
 * Part (b): remember the value at the last mark. A selective model with one state, its gate set by hand, beside
 * time-invariant linear systems: a fitted bank of filters, and the best one there can be.
 */
import { colsOf, type Home, rowsOf, type Tensor } from '../../../gpu/home';
import { complexOf, imagPart, realPart } from '../../../kernels/complex';
import { complexMatmul } from '../../../kernels/complexmatmul';
import { gatePairs } from '../../../kernels/gate';
import { linearScan } from '../../../kernels/linearscan';
import { matmul } from '../../../kernels/matmul';
import { norms } from '../../../kernels/reduce';
import { concatColumns, rows } from '../../../kernels/slice';
import { transpose } from '../../../kernels/transpose';
import { cholesky, solveTriangular } from '../../../math/cholesky';
import { matrix } from '../../../math/linalg';
import { normals, uniforms } from '../../../math/threefry';
import type { Lab } from '../../method';
import type { ScanValues } from './data';

export interface Task {
  values: Float32Array;
  marks: Float32Array;
  /** The value at the last mark. */
  target: Float32Array;
}

export function makeTask({ seed, signal, markRate }: ScanValues): Task {
  const values = Float32Array.from(normals(seed, 7, signal));
  const marks = Float32Array.from(uniforms(seed, 8, signal), (u, t) => (t === 0 || u < markRate ? 1 : 0));
  const target = new Float32Array(signal);
  let held = 0;
  for (let t = 0; t < signal; t++) {
    if (marks[t]) held = values[t];
    target[t] = held;
  }
  return { values, marks, target };
}

/** Squared error over squared target from `from` on. */
export function recallError(
  got: ArrayLike<number>,
  target: ArrayLike<number>,
  from: number,
  shift = 0,
): number {
  let [error, size] = [0, 0];
  for (let t = from; t < target.length; t++) {
    error += (got[t - shift] - target[t]) ** 2;
    size += target[t] ** 2;
  }
  return error / size;
}

/** States over all steps of the bank's modes for one input, real and imaginary parts, T x bank. */
async function bankFeatures(home: Home, input: Float32Array, bank: number): Promise<Tensor> {
  const steps = input.length;
  const modes = bank / 2;
  const dt = 1 / 128;
  const a = new Float64Array(2 * modes);
  const b = new Float64Array(2 * modes);
  for (let n = 0; n < modes; n++) {
    const [re, im] = [-0.5, Math.PI * n];
    const growth = Math.exp(re * dt);
    const [x, y] = [growth * Math.cos(im * dt), growth * Math.sin(im * dt)];
    a.set([x, y], 2 * n);
    // (a - 1) / lambda.
    const size = re * re + im * im;
    b.set([((x - 1) * re + y * im) / size, (y * re - (x - 1) * im) / size], 2 * n);
  }
  const column = (values: ArrayLike<number>) => complexOf(home.tensor([steps, 1], values));
  const ones = await column(new Float32Array(steps).fill(1));
  const decays = await complexMatmul(ones, home.tensor([1, modes], a, 'c64'));
  const drive = await complexMatmul(await column(input), home.tensor([1, modes], b, 'c64'));
  const states = await linearScan(decays, drive, { axis: 0 });
  return concatColumns([await realPart(states), await imagPart(states)]);
}

/** Predictions of the second half by a ridge readout fitted on the first, from the bank's features of inputs. */
async function bankRecall(
  home: Home,
  inputs: readonly Float32Array[],
  target: Float32Array,
  { bank, ridge }: ScanValues,
): Promise<Float64Array> {
  return home.scope(async () => {
    const parts: Tensor[] = [];
    for (const input of inputs) parts.push(await bankFeatures(home, input, bank));
    const features = await concatColumns(parts);
    const [steps, n] = [rowsOf(features), colsOf(features)];
    const half = steps / 2;
    const lines = home.reshape(await transpose(features), [n, 1, steps]);
    const scale = Float64Array.from(await norms(lines), (length) =>
      length > 0 ? Math.sqrt(steps) / length : 1,
    );
    const fitted = await rows(features, 0, half);
    const goal = home.tensor([half, 1], target.subarray(0, half));
    const gram = await home.read(await matmul(fitted, fitted, { transposeA: true }));
    const right = await home.read(await matmul(fitted, goal, { transposeA: true }));
    const g = matrix(n, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const mean = (gram[i * n + j] + gram[j * n + i]) / 2;
        g.data[i * n + j] = (mean * scale[i] * scale[j]) / half + (i === j ? ridge : 0);
      }
    }
    const b = matrix(
      n,
      1,
      scale.map((s, i) => (s * right[i]) / half),
    );
    const { r } = cholesky(g);
    const w = solveTriangular(r, solveTriangular(r, b, { transpose: true }));
    const weights = home.tensor(
      [n, 1],
      w.data.map((value, i) => value * scale[i]),
    );
    return Float64Array.from(await home.read(await matmul(await rows(features, half, steps), weights)));
  });
}

export interface Selection {
  metrics: Record<string, number | null>;
  task: Task;
  /** The selective state, all steps. */
  selective: Float64Array;
  /** The best filter, all steps. */
  best: Float64Array;
  /** The bank on value and mark, from the middle on. */
  bank: Float64Array;
  bankProduct: Float64Array;
}

const column = async (tensor: Tensor): Promise<Float64Array> =>
  Float64Array.from(await tensor.home.read(tensor));

export async function runSelection(lab: Lab, v: ScanValues): Promise<Selection> {
  const { home } = lab;
  await lab.step(0.5, 'selection');
  const task = makeTask(v);
  const { values, marks, target } = task;
  const steps = v.signal;
  const half = steps / 2;
  const [selective, gated] = await home.scope(async () => {
    const z = home.tensor(
      [steps],
      marks.map((m) => v.sharp * (2 * m - 1)),
    );
    const input = home.tensor([steps], values);
    const states: Float64Array[] = [];
    for (const isGated of [false, true]) {
      const { a, b } = await gatePairs(z, input, isGated);
      states.push(await column(await linearScan(a, b)));
    }
    return states;
  });
  const product = values.map((value, t) => value * marks[t]);
  const best = await home.scope(async () => {
    const a = home.tensor([steps], new Float64Array(steps).fill(1 - v.markRate));
    return column(await linearScan(a, home.tensor([steps], product)));
  });
  await lab.step(0.55, 'bank of filters on values and marks');
  const bank = await bankRecall(home, [values, marks], target, v);
  await lab.step(0.6, 'bank of filters on the product');
  const bankProduct = await bankRecall(home, [product, marks], target, v);
  let [difference, size] = [0, 0];
  for (let t = 0; t < steps; t++) {
    difference += (selective[t] - gated[t]) ** 2;
    size += gated[t] ** 2;
  }
  return {
    metrics: {
      'identity.gate': Math.sqrt(difference / size),
      'recall.selective': recallError(selective, target, half),
      'recall.lti': recallError(bank, target, half, half),
      'recall.lti.product': recallError(bankProduct, target, half, half),
      'recall.lti.best': recallError(best, target, half),
      'bound.lti': (1 - v.markRate) / (2 - v.markRate),
    },
    task,
    selective,
    best,
    bank,
    bankProduct,
  };
}
