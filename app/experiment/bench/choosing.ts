/** Choosing and coding of entries: the largest of each row, rows by index, quantization. */
import { gatherRows } from '../../kernels/gather';
import { quantize } from '../../kernels/quantize';
import { topK } from '../../kernels/topk';
import { NF4 } from '../../math/nf4';
import { integers } from '../../math/threefry';
import {
  type BenchCase,
  type BenchFamily,
  drawn,
  type Outputs,
  once,
  relativeError,
  type Size,
  U,
} from './case';

function topKCase(size: Size): BenchCase {
  const { m, n, k } = size;
  const inputs = once(() => ({ x: drawn(60, m, n) }));
  return {
    id: `topk ${m}x${n}, ${k} a row`,
    family: 'topk',
    size,
    inputs,
    run: async ({ x }) => ({ ...(await topK(x, k)) }),
    check: ({ values, columns }: Outputs) => {
      const { x } = inputs();
      const wanted = new Float64Array(m * k);
      const places = new Float64Array(m * k);
      for (let row = 0; row < m; row++) {
        const line = x.values.subarray(row * n, (row + 1) * n);
        const order = Array.from(line, (_, j) => j).sort((i, j) => line[j] - line[i] || i - j);
        for (let t = 0; t < k; t++) {
          places[row * k + t] = order[t];
          wanted[row * k + t] = line[order[t]];
        }
      }
      const error = Math.max(relativeError(values, wanted), relativeError(columns, places));
      return { error, bound: 0, measure: 'exact' };
    },
    flop: 0,
    bytes: 4 * m * n + 8 * m * k,
  };
}

function gatherCase(size: Size): BenchCase {
  const { m, n, count } = size;
  const inputs = once(() => ({
    a: drawn(61, m, n),
    index: { shape: [count], dtype: 'u32' as const, values: Uint32Array.from(integers(20, 62, count, m)) },
  }));
  return {
    id: `gather ${count} of ${m}x${n}`,
    family: 'gather',
    size,
    inputs,
    run: async ({ a, index }) => ({ rows: await gatherRows(a, index) }),
    check: ({ rows }: Outputs) => {
      const { a, index } = inputs();
      const want = new Float32Array(count * n);
      index.values.forEach((row, i) => {
        want.set(a.values.subarray(row * n, (row + 1) * n), i * n);
      });
      return { error: relativeError(rows, want), bound: 0, measure: 'exact' };
    },
    flop: 0,
    bytes: 8 * count * n + 4 * count,
  };
}

const BLOCK = 64;

/** NF4 in blocks of 64. */
function quantizeCase(size: Size): BenchCase {
  const { m, n } = size;
  const inputs = once(() => ({ x: drawn(63, m, n) }));
  return {
    id: `quantize ${m}x${n}`,
    family: 'quantize',
    size,
    inputs,
    run: async ({ x }) => {
      const { codes, scales } = await quantize(x, { scheme: 'nf4', block: BLOCK });
      return { codes, scales };
    },
    check: ({ codes, scales }: Outputs) => {
      const { x } = inputs();
      const want = new Float64Array((m * n) / BLOCK);
      x.values.forEach((value, i) => {
        const at = Math.floor(i / BLOCK);
        want[at] = Math.max(want[at], Math.abs(value));
      });
      const off = relativeError(scales, want);
      if (codes?.length !== (m * n) / 8) return { error: Number.POSITIVE_INFINITY, bound: 0, measure: '' };
      let excess = 0;
      for (let i = 0; i < m * n; i++) {
        const y = x.values[i] / Math.fround(want[Math.floor(i / BLOCK)]);
        const nearest = NF4.reduce((least, level) => Math.min(least, Math.abs(y - level)), 2);
        const gap = Math.abs(y - NF4[(codes[i >> 3] >>> (4 * (i & 7))) & 15]);
        // Not a number where a code is not.
        excess = Number.isNaN(codes[i >> 3]) ? Number.POSITIVE_INFINITY : Math.max(excess, gap - nearest);
      }
      return {
        error: Math.max(off, excess),
        // x / scale is within 2.5 ulp, and so is the scale: only at the edge of a step is a code its neighbour's.
        bound: 24 * U,
        measure: 'distance beyond that of the nearest level, or of a scale, over the largest scale',
      };
    },
    flop: 0,
    bytes: 4 * m * n + (m * n) / 2 + (4 * m * n) / BLOCK,
  };
}

export const choosing: readonly BenchFamily[] = [
  {
    id: 'topk',
    title: 'Largest entries of each row',
    limit: 'bytes',
    axis: 'm',
    at: topKCase,
    standard: [
      { m: 1024, n: 1024, k: 8 },
      { m: 1, n: 2 ** 18, k: 32 },
    ],
    large: [
      { m: 4096, n: 4096, k: 8 },
      { m: 1, n: 2 ** 22, k: 32 },
    ],
    sweep: [128, 256, 512, 1024].map((m) => ({ m, n: 1024, k: 8 })),
    tiny: { m: 3, n: 50, k: 4 },
  },
  {
    id: 'gather',
    title: 'Rows by index',
    limit: 'bytes',
    axis: 'count',
    at: gatherCase,
    standard: [{ m: 4096, n: 256, count: 4096 }],
    large: [{ m: 65536, n: 256, count: 65536 }],
    sweep: [512, 1024, 2048, 4096].map((count) => ({ m: 4096, n: 256, count })),
    tiny: { m: 9, n: 5, count: 12 },
  },
  {
    id: 'quantize',
    title: 'Quantization to NF4',
    limit: 'bytes',
    axis: 'm',
    at: quantizeCase,
    standard: [{ m: 1024, n: 1024 }],
    large: [{ m: 4096, n: 4096 }],
    sweep: [128, 256, 512, 1024].map((m) => ({ m, n: 1024 })),
    tiny: { m: 3, n: 128 },
  },
];
