/** Layer norm and RMS norm over the last dimension. */
import rowsCode from '../../shaders/normalize_rows.wgsl?raw';
import subgroupCode from '../../shaders/normalize_rows_subgroup.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';
import { rowBuffers, rowVariant } from './rows';

export interface NormOptions {
  /** n factors, one a column. */
  gain?: Tensor;
  /** n terms, one a column. */
  bias?: Tensor;
  /** Added to the mean square; 1e-5 unless given. */
  eps?: number;
  /** Default: by adapter. */
  variant?: 'rows' | 'subgroup';
}

const params = {
  n: 'u32',
  count: 'u32',
  center: 'u32',
  has_gain: 'u32',
  has_bias: 'u32',
  eps: 'f32',
  group0: 'u32',
} as const;
const buffers = { x: 'read', x4: 'read', gain: 'read', bias: 'read', y: 'write', y4: 'write' } as const;
const cost = ({ n, count }: Readonly<Record<'n' | 'count', number>>) => ({
  flop: 8 * n * count,
  bytes: 8 * n * count,
});

const kernels = {
  rows: defineKernel({
    name: 'normalize_rows',
    code: rowsCode,
    params,
    buffers,
    constants: { WIDE: 0, EDGE: 1, ROWS: 16 },
    grid: ({ count }, { ROWS }) => [1, Math.ceil(count / ROWS)],
    cost,
    split: 'y',
  }),
  subgroup: defineKernel({
    name: 'normalize_rows_subgroup',
    code: subgroupCode,
    params,
    buffers,
    constants: { WIDE: 0, EDGE: 1 },
    grid: ({ count }) => [Math.min(4096, Math.ceil(count / 4))],
    cost,
  }),
};

/** One row in float64: the mean that was taken off, and the inverse of the root. */
function moments(line: ArrayLike<number>, isCentered: boolean, eps: number): [number, number] {
  let mean = 0;
  if (isCentered) for (let j = 0; j < line.length; j++) mean += line[j] / line.length;
  let square = 0;
  for (let j = 0; j < line.length; j++) square += (line[j] - mean) ** 2 / line.length;
  return [mean, 1 / Math.sqrt(square + eps)];
}

const normOf = (name: string, isCentered: boolean) =>
  defineOperation({
    name,
    gpu: async (home: GpuHome, x: Tensor, options: NormOptions = {}): Promise<Tensor> => {
      check(name, x, options);
      const out = home.empty(x.shape);
      if (sizeOf(x.shape) === 0) return out;
      const n = colsOf(x);
      const { gain, bias } = options;
      const { views, constants, release } = rowBuffers(home, x, out, n);
      await kernels[options.variant ?? rowVariant(home)].run(
        home,
        {
          n,
          count: sizeOf(x.shape) / n,
          center: isCentered ? 1 : 0,
          has_gain: gain ? 1 : 0,
          has_bias: bias ? 1 : 0,
          eps: options.eps ?? 1e-5,
        },
        { ...views, gain: gain ?? x, bias: bias ?? x },
        { constants, label: name },
      );
      release();
      return out;
    },
    cpu: async (home: CpuHome, x: Tensor, options: NormOptions = {}): Promise<Tensor> => {
      check(name, x, options);
      const n = colsOf(x);
      const out = Float64Array.from(cpuData(x));
      const gain = options.gain ? cpuData(options.gain) : null;
      const bias = options.bias ? cpuData(options.bias) : null;
      for (let at = 0; at < out.length; at += n) {
        const line = out.subarray(at, at + n);
        const [mean, inverse] = moments(line, isCentered, options.eps ?? 1e-5);
        for (let j = 0; j < n; j++)
          line[j] = (line[j] - mean) * inverse * (gain?.[j] ?? 1) + (bias?.[j] ?? 0);
      }
      return home.wrap(x.shape, out);
    },
    /**
     * With X = max |x| of the row, r the inverse root, u = 2^-24, k = n / 16 + 8 additions in a row of roundings:
     * the mean is off by (k + 1) u X, which shifts every deviation and, in first order, no sum of squares about the
     * mean; the inverse root is off by (k / 2 + 6) u relatively (sqrt 2.5 ulp, division 2.5 ulp) and by the square
     * of the shift times r. Four more roundings make y.
     */
    compare: (got, want, x: Tensor, options: NormOptions = {}) => {
      const n = colsOf(x);
      const data = cpuData(x);
      const k = n / 16 + 8;
      const u = 2 ** -24;
      const gain = options.gain ? cpuData(options.gain) : null;
      const bias = options.bias ? cpuData(options.bias) : null;
      let at = -1;
      let shift = 0;
      let inverse = 0;
      return entrywise(got, want, (i) => {
        if (Math.floor(i / n) !== at) {
          at = Math.floor(i / n);
          const line = data.subarray(at * n, (at + 1) * n);
          let most = 0;
          for (let j = 0; j < n; j++) most = Math.max(most, Math.abs(line[j]));
          shift = isCentered ? (k + 2) * u * most : 0;
          inverse = moments(line, isCentered, options.eps ?? 1e-5)[1];
        }
        const g = Math.abs(gain?.[i % n] ?? 1);
        const b = Math.abs(bias?.[i % n] ?? 0);
        const y = Math.abs(cpuData(want)[i]) + b;
        return g * shift * inverse + y * ((k + 16) * u + (shift * inverse) ** 2) + 2 * u * b + 1e-37;
      });
    },
  });

function check(name: string, x: Tensor, { gain, bias }: NormOptions): void {
  for (const [what, t] of [
    ['gains', gain],
    ['biases', bias],
  ] as const) {
    if (t && sizeOf(t.shape) !== colsOf(x)) {
      throw new UserError(`${name} of ${shapeText(x)}: ${sizeOf(t.shape)} ${what} for ${colsOf(x)} columns`);
    }
  }
}

/** (x - mean) / sqrt(variance + eps) * gain + bias along the last dimension. */
export const layerNorm = normOf('layer_norm', true);
/** x / sqrt(mean square + eps) * gain + bias along the last dimension. */
export const rmsNorm = normOf('rms_norm', false);
