/** Embedding tables: looking rows up, the gradient of that, and the logistic loss of what is built on them. */
import gradientCode from '../../shaders/embedding_gradient.wgsl?raw';
import lookupCode from '../../shaders/embedding_lookup.wgsl?raw';
import logisticCode from '../../shaders/logistic_gradient.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, type Home, rowsOf, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';

const lookupKernel = defineKernel({
  name: 'embedding_lookup',
  code: lookupCode,
  params: { d: 'u32', count: 'u32' },
  buffers: { table: 'read', index: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 0, bytes: 8 * count }),
});

const gradientKernel = defineKernel({
  name: 'embedding_gradient',
  code: gradientCode,
  params: { d: 'u32', count: 'u32', places: 'u32' },
  buffers: { delta: 'read', starts: 'read', places: 'read', grad: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ d, count, places }) => ({ flop: places * d, bytes: 4 * (count + places * d) }),
});

const logisticKernel = defineKernel({
  name: 'logistic_gradient',
  code: logisticCode,
  params: { count: 'u32', scale: 'f32' },
  buffers: { z: 'read', y: 'read', delta: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 6 * count, bytes: 12 * count }),
});

/** Rows of the table (rows x d) at `index` (n row numbers, u32, each below rows): n x d. */
export const embeddingLookup = defineOperation({
  name: 'embeddingLookup',
  gpu: async (home: GpuHome, table: Tensor, index: Tensor) => {
    const [n, d] = [sizeOf(index.shape), colsOf(table)];
    const out = home.empty([n, d]);
    await lookupKernel.run(home, { d, count: n * d }, { table, index, out });
    return out;
  },
  cpu: async (home: CpuHome, table: Tensor, index: Tensor) => {
    const [rows, d] = [cpuData(index), colsOf(table)];
    const out = home.tensor([rows.length, d]);
    const [from, to] = [cpuData(table), cpuData(out)];
    rows.forEach((row: number, i: number) => {
      to.set(from.subarray(row * d, (row + 1) * d), i * d);
    });
    return out;
  },
  compare: (got, want) => entrywise(got, want, 0, 'a copy is exact: entry'),
});

/** Where each row of a table was looked up: places[starts[row] .. starts[row + 1]]. */
export interface Places {
  starts: Tensor;
  places: Tensor;
}

/** The places of each of `rows` table rows in `index`, by counting sort on the host. */
export function placesOf(home: Home, index: Uint32Array, rows: number): Places {
  const starts = new Uint32Array(rows + 1);
  for (const row of index) {
    if (row >= rows) throw new UserError(`embedding: row ${row} of a table with ${rows} rows`);
    starts[row + 1]++;
  }
  for (let row = 0; row < rows; row++) starts[row + 1] += starts[row];
  const next = starts.slice();
  const places = new Uint32Array(index.length);
  index.forEach((row, i) => {
    places[next[row]++] = i;
  });
  return {
    starts: home.tensor([rows + 1], starts, 'u32'),
    places: home.tensor([places.length], places, 'u32'),
  };
}

/** dL/dtable (rows x d; a new tensor unless `into` is given) from dL/d(looked-up rows) (n x d). */
export const embeddingGradient = defineOperation({
  name: 'embeddingGradient',
  gpu: async (home: GpuHome, delta: Tensor, { starts, places }: Places, options: { into?: Tensor } = {}) => {
    const [rows, d] = [sizeOf(starts.shape) - 1, colsOf(delta)];
    const grad = options.into ?? home.empty([rows, d]);
    const params = { d, count: rows * d, places: rowsOf(delta) };
    await gradientKernel.run(home, params, { delta, starts, places, grad });
    return grad;
  },
  cpu: async (home: CpuHome, delta: Tensor, { starts, places }: Places, options: { into?: Tensor } = {}) => {
    const [first, where, from] = [cpuData(starts), cpuData(places), cpuData(delta)];
    const d = colsOf(delta);
    const grad = options.into ?? home.tensor([first.length - 1, d]);
    const to = cpuData(grad).fill(0);
    for (let row = 0; row + 1 < first.length; row++) {
      for (let t = first[row]; t < first[row + 1]; t++) {
        for (let j = 0; j < d; j++) to[row * d + j] += from[where[t] * d + j];
      }
    }
    return grad;
  },
  /** A sum of c terms in order: |error| <= c u sum|delta| (Higham 2002, 4.2). */
  compare: (got, want, delta: Tensor, { starts, places }: Places, _options?: { into?: Tensor }) => {
    const [first, where, from] = [cpuData(starts), cpuData(places), cpuData(delta)];
    const d = colsOf(delta);
    return entrywise(got, want, (i) => {
      const row = Math.floor(i / d);
      let sum = 0;
      for (let t = first[row]; t < first[row + 1]; t++) sum += Math.abs(from[where[t] * d + (i % d)]);
      return (first[row + 1] - first[row]) * 2 ** -24 * sum + 1e-37;
    });
  },
});

/** scale (sigmoid(z) - y), of the shape of z; scale = 1 / n gives the gradient of the mean cross-entropy. */
export const logisticGradient = defineOperation({
  name: 'logisticGradient',
  gpu: async (home: GpuHome, z: Tensor, y: Tensor, scale: number) => {
    const delta = home.empty(z.shape);
    await logisticKernel.run(home, { count: sizeOf(z.shape), scale }, { z, y, delta });
    return delta;
  },
  cpu: async (home: CpuHome, z: Tensor, y: Tensor, scale: number) => {
    const delta = home.tensor(z.shape);
    const [logits, labels, to] = [cpuData(z), cpuData(y), cpuData(delta)];
    for (let i = 0; i < to.length; i++) to[i] = scale * (1 / (1 + Math.exp(-logits[i])) - labels[i]);
    return delta;
  },
  /** exp within 3 + 2|z| ulp of a value e^-|z| <= 1, so within 2^-21; division 2.5 ulp, two roundings. */
  compare: (got, want, _z: Tensor, _y: Tensor, scale: number) =>
    entrywise(got, want, Math.abs(scale) * 2 ** -20),
});
