/** The k largest (or smallest) entries of each row, with their columns. */
import code from '../../shaders/top_k.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';

export interface TopK {
  /** ... x rows x k, largest first. */
  values: Tensor;
  /** ... x rows x k, dtype u32. */
  columns: Tensor;
}

export interface TopKOptions {
  /** The smallest instead, smallest first. */
  smallest?: boolean;
  /** Parts of a row; default: enough to occupy the device. */
  parts?: number;
}

const kernel = defineKernel({
  name: 'top_k',
  code,
  params: { n: 'u32', k: 'u32', parts: 'u32', span: 'u32', total: 'u32', has_index: 'u32', sign: 'f32' },
  buffers: { x: 'read', index: 'read', out: 'write', place: 'write' },
  grid: ({ total }) => linearGrid(total, 64),
  cost: ({ total, span, k }) => ({
    flop: total * (span + k * k),
    bytes: 4 * total * (span + 2 * k),
  }),
});

function check(x: Tensor, k: number): void {
  if (!Number.isInteger(k) || k < 1 || k > colsOf(x)) {
    throw new UserError(`topK of ${shapeText(x)}: k = ${k} is not in 1..${colsOf(x)}`);
  }
}

/** The k largest entries of each row; of equal entries the one with the lower column comes first. Exact. */
export const topK = defineOperation({
  name: 'top_k',
  gpu: async (home: GpuHome, x: Tensor, k: number, options: TopKOptions = {}): Promise<TopK> => {
    check(x, k);
    const n = colsOf(x);
    const shape = [...x.shape.slice(0, -1), k];
    const count = sizeOf(shape) / k;
    if (count === 0) return { values: home.empty(shape), columns: home.empty(shape, 'u32') };
    const sign = options.smallest ? -1 : 1;
    const wanted = options.parts ?? Math.max(1, Math.min(Math.ceil(128 / count), Math.floor(n / (16 * k))));
    const span = Math.max(k, Math.ceil(n / wanted));
    const parts = Math.ceil(n / span);
    const first: TopK = {
      values: home.empty(parts > 1 ? [count, parts * k] : shape),
      columns: home.empty(parts > 1 ? [count, parts * k] : shape, 'u32'),
    };
    await kernel.run(
      home,
      { n, k, parts, span, total: count * parts, has_index: 0, sign },
      { x, index: x, out: first.values, place: first.columns },
    );
    if (parts === 1) return first;
    const found: TopK = { values: home.empty(shape), columns: home.empty(shape, 'u32') };
    const m = parts * k;
    await kernel.run(
      home,
      { n: m, k, parts: 1, span: m, total: count, has_index: 1, sign },
      { x: first.values, index: first.columns, out: found.values, place: found.columns },
    );
    home.release(first.values);
    home.release(first.columns);
    return found;
  },
  cpu: async (home: CpuHome, x: Tensor, k: number, options: TopKOptions = {}): Promise<TopK> => {
    check(x, k);
    const n = colsOf(x);
    const data = cpuData(x);
    const shape = [...x.shape.slice(0, -1), k];
    const values = new Float64Array(sizeOf(shape));
    const columns = new Uint32Array(sizeOf(shape));
    const sign = options.smallest ? 1 : -1;
    for (let row = 0; row * k < values.length; row++) {
      const order = Array.from({ length: n }, (_, c) => c);
      order.sort((a, b) => sign * (data[row * n + a] - data[row * n + b]) || a - b);
      for (let t = 0; t < k; t++) {
        values[row * k + t] = data[row * n + order[t]];
        columns[row * k + t] = order[t];
      }
    }
    return { values: home.wrap(shape, values), columns: home.wrap(shape, columns) };
  },
  compare: (got, want) => {
    const values = entrywise(got.values, want.values, 0, 'value');
    return values.ratio > 0 ? values : entrywise(got.columns, want.columns, 0, 'column');
  },
});
