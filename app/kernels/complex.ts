/**
 * Complex tensors, entry by entry: from and to their parts, products, quotients, sums, exponentials.
 * A complex scalar is a pair [re, im]. The matrix product is complexmatmul.ts.
 */
import binaryCode from '../../shaders/complex_binary.wgsl?raw';
import mapCode from '../../shaders/complex_map.wgsl?raw';
import pairCode from '../../shaders/complex_pair.wgsl?raw';
import partsCode from '../../shaders/complex_parts.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';

/** [real, imaginary]. */
export type Complex = readonly [number, number];

const U = 2 ** -24;
const TINY = 1e-37; // where float32 may flush to zero

const pairKernel = defineKernel({
  name: 'complex_pair',
  code: pairCode,
  params: { count: 'u32', has_im: 'u32' },
  buffers: { re: 'read', im: 'read', z: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 0, bytes: 16 * count }),
});

const partsKernel = defineKernel({
  name: 'complex_parts',
  code: partsCode,
  params: { count: 'u32' },
  buffers: { z: 'read', x: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 8 * count, bytes: 12 * count }),
});

const mapKernel = defineKernel({
  name: 'complex_map',
  code: mapCode,
  params: { count: 'u32', alpha_re: 'f32', alpha_im: 'f32' },
  buffers: { a: 'read', b: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 20 * count, bytes: 16 * count }),
});

const binaryKernel = defineKernel({
  name: 'complex_binary',
  code: binaryCode,
  params: { count: 'u32', period: 'u32' },
  buffers: { a: 'read', b: 'read', c: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 8 * count, bytes: 24 * count }),
});

/** Refuses a tensor that is not complex. */
export function assertComplex(name: string, ...tensors: readonly Tensor[]): void {
  for (const t of tensors) {
    if (t.dtype !== 'c64')
      throw new UserError(`${name}: ${shapeText(t)} of ${t.dtype} is not complex; use complexOf`);
  }
}

/** re + i im, or re alone. */
export const complexOf = defineOperation({
  name: 'complex_of',
  gpu: async (home: GpuHome, re: Tensor, im?: Tensor) => {
    sameShape(re, im ?? re);
    const z = home.empty(re.shape, 'c64');
    if (sizeOf(re.shape) === 0) return z;
    await pairKernel.run(home, { count: sizeOf(re.shape), has_im: im ? 1 : 0 }, { re, im: im ?? re, z });
    return z;
  },
  cpu: async (home: CpuHome, re: Tensor, im?: Tensor) => {
    sameShape(re, im ?? re);
    const x = cpuData(re);
    const z = new Float64Array(2 * x.length);
    for (let i = 0; i < x.length; i++) z[2 * i] = x[i];
    if (im) for (let i = 0; i < x.length; i++) z[2 * i + 1] = cpuData(im)[i];
    return home.wrap(re.shape, z, 'c64');
  },
  compare: (got, want) => entrywise(got, want, 0, 'a copy is exact: part'),
});

function sameShape(a: Tensor, b: Tensor): void {
  if (a.shape.join() !== b.shape.join()) {
    throw new UserError(`complex: ${shapeText(a)} and ${shapeText(b)} differ in shape`);
  }
}

const PARTS = { real: 0, imaginary: 1, absolute: 2 } as const;

const partOf = (part: keyof typeof PARTS) =>
  defineOperation({
    name: `complex_${part}`,
    gpu: async (home: GpuHome, z: Tensor) => {
      assertComplex(part, z);
      const x = home.empty(z.shape);
      const count = sizeOf(z.shape);
      if (count > 0) await partsKernel.run(home, { count }, { z, x }, { constants: { OP: PARTS[part] } });
      return x;
    },
    cpu: async (home: CpuHome, z: Tensor) => {
      assertComplex(part, z);
      const from = cpuData(z);
      const x = new Float64Array(from.length / 2);
      for (let i = 0; i < x.length; i++) {
        if (part === 'absolute') x[i] = Math.hypot(from[2 * i], from[2 * i + 1]);
        else x[i] = from[2 * i + PARTS[part]];
      }
      return home.wrap(z.shape, x);
    },
    compare: (got, want) =>
      entrywise(
        got,
        want,
        (i) => (part === 'absolute' ? 12 * U * Math.abs(cpuData(want)[i]) + TINY : 0),
        part,
      ),
  });

/** Real parts, an f32 tensor. */
export const realPart = partOf('real');
/** Imaginary parts, an f32 tensor. */
export const imagPart = partOf('imaginary');
/** |z|, an f32 tensor. */
export const complexAbs = partOf('absolute');

/** |z_i| of interleaved values. */
const size = (z: ArrayLike<number>, i: number): number => Math.hypot(z[2 * i], z[2 * i + 1]);

type Map1 = 'scale' | 'conjugate' | 'exponential';
const MAPS: Readonly<Record<Map1, number>> = { scale: 0, conjugate: 1, exponential: 2 };

const mapped = (op: Map1) =>
  defineOperation({
    name: `complex_${op}`,
    gpu: async (home: GpuHome, a: Tensor, alpha: Complex = [1, 0]) => {
      assertComplex(op, a);
      const b = home.empty(a.shape, 'c64');
      const count = sizeOf(a.shape);
      if (count === 0) return b;
      const params = { count, alpha_re: alpha[0], alpha_im: alpha[1] };
      await mapKernel.run(home, params, { a, b }, { constants: { OP: MAPS[op] } });
      return b;
    },
    cpu: async (home: CpuHome, a: Tensor, alpha: Complex = [1, 0]) => {
      assertComplex(op, a);
      const x = cpuData(a);
      const y = new Float64Array(x.length);
      for (let i = 0; i < x.length; i += 2) {
        let [re, im] = [x[i], op === 'conjugate' ? -x[i + 1] : x[i + 1]];
        if (op === 'exponential') {
          const growth = Math.exp(re);
          [re, im] = [growth * Math.cos(im), growth * Math.sin(im)];
        }
        y[i] = alpha[0] * re - alpha[1] * im;
        y[i + 1] = alpha[0] * im + alpha[1] * re;
      }
      return home.wrap(a.shape, y, 'c64');
    },
    /** 3 u for the product (and u for alpha's rounding); 9 u more for the exponential. */
    compare: (got, want) => {
      const b = cpuData(want);
      const factor = (op === 'exponential' ? 14 : 5) * U;
      return entrywise(got, want, (i) => factor * size(b, i >> 1) + TINY, `${op}, part`);
    },
  });

/** alpha a. */
export const complexScale = mapped('scale');
/** alpha conj(a). */
export const conjugate = mapped('conjugate');
/** alpha exp(a); |Im a| up to 2^14 without loss. */
export const complexExp = mapped('exponential');

type Map2 = 'multiply' | 'multiply_conjugate' | 'divide' | 'add' | 'subtract';
const BINARY: Readonly<Record<Map2, number>> = {
  multiply: 0,
  multiply_conjugate: 1,
  divide: 2,
  add: 3,
  subtract: 4,
};

function binary64(op: Map2, a: number, b: number, c: number, d: number): [number, number] {
  switch (op) {
    case 'multiply':
      return [a * c - b * d, a * d + b * c];
    case 'multiply_conjugate':
      return [a * c + b * d, b * c - a * d];
    case 'divide': {
      const scale = Math.max(Math.abs(c), Math.abs(d));
      const [x, y] = [c / scale, d / scale];
      const norm = (x * x + y * y) * scale;
      return [(a * x + b * y) / norm, (b * x - a * y) / norm];
    }
    case 'add':
      return [a + c, b + d];
    case 'subtract':
      return [a - c, b - d];
    default:
      return op satisfies never;
  }
}

const binary = (op: Map2) =>
  defineOperation({
    name: `complex_${op}`,
    gpu: async (home: GpuHome, a: Tensor, b: Tensor) => {
      const period = periodOf(op, a, b);
      const c = home.empty(a.shape, 'c64');
      const count = sizeOf(a.shape);
      if (count > 0)
        await binaryKernel.run(home, { count, period }, { a, b, c }, { constants: { OP: BINARY[op] } });
      return c;
    },
    cpu: async (home: CpuHome, a: Tensor, b: Tensor) => {
      const period = 2 * periodOf(op, a, b);
      const [x, y] = [cpuData(a), cpuData(b)];
      const z = new Float64Array(x.length);
      for (let i = 0; i < x.length; i += 2) {
        const j = i % period;
        [z[i], z[i + 1]] = binary64(op, x[i], x[i + 1], y[j], y[j + 1]);
      }
      return home.wrap(a.shape, z, 'c64');
    },
    compare: (got, want) => {
      const c = cpuData(want);
      const factor = (op === 'divide' ? 12 : 4) * U;
      return entrywise(got, want, (i) => factor * size(c, i >> 1) + TINY, `${op}, part`);
    },
  });

/** b of a's shape, or of its last dimensions: then it serves every item before them. */
function periodOf(op: string, a: Tensor, b: Tensor): number {
  assertComplex(op, a, b);
  const tail = a.shape.slice(a.shape.length - b.shape.length).join();
  const row = b.shape.length === 2 && b.shape[0] === 1 && b.shape[1] === a.shape.at(-1);
  if (tail !== b.shape.join() && !row) {
    throw new UserError(`complex ${op}: ${shapeText(b)} does not fit the last dimensions of ${shapeText(a)}`);
  }
  return Math.max(1, sizeOf(b.shape));
}

/** a b, entry by entry; b may have fewer leading dimensions than a. */
export const complexMultiply = binary('multiply');
/** a conj(b), entry by entry. */
export const complexMultiplyConj = binary('multiply_conjugate');
/** a / b, entry by entry. */
export const complexDivide = binary('divide');
/** a + b, entry by entry. */
export const complexAdd = binary('add');
/** a - b, entry by entry. */
export const complexSubtract = binary('subtract');
