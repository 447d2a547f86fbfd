/**
 * Reductions along rows or columns: sum, mean, largest, smallest, sum of squares, log of the sum of exponentials,
 * and the place of the largest or smallest. Long lines are cut into parts that are reduced in a second dispatch.
 */
import columnsCode from '../../shaders/reduce_columns.wgsl?raw';
import rowsCode from '../../shaders/reduce_rows.wgsl?raw';
import subgroupCode from '../../shaders/reduce_rows_subgroup.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { batchOf, colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { type Deviation, defineOperation, entrywise } from './operation';
import { rowVariant } from './rows';

export type Reduction = 'sum' | 'mean' | 'max' | 'min' | 'sumSquares' | 'logSumExp' | 'argmax' | 'argmin';

export interface ReductionOptions {
  /** Parts of a line; default: enough to occupy the device. */
  parts?: number;
  /** Rows only; default: by adapter. */
  variant?: 'rows' | 'subgroup';
}

/** OP of shaders/lib/fold.wgsl: for the entries, and for the results of parts. */
const OPS: Readonly<Record<Reduction, readonly [number, number]>> = {
  sum: [0, 0],
  mean: [0, 0],
  max: [1, 1],
  min: [2, 2],
  sumSquares: [3, 0],
  logSumExp: [4, 4],
  argmax: [5, 5],
  argmin: [6, 6],
};
const isPlace = (what: Reduction): boolean => what === 'argmax' || what === 'argmin';

const buffers = { x: 'read', x4: 'read', index: 'read', out: 'write', place: 'write' } as const;
const rowParams = {
  n: 'u32',
  parts: 'u32',
  span: 'u32',
  total: 'u32',
  has_index: 'u32',
  factor: 'f32',
} as const;
const rowCost = ({ total, span }: Readonly<Record<'total' | 'span', number>>) => ({
  flop: total * span,
  bytes: 4 * total * (span + 1),
});

const rowsKernel = defineKernel({
  name: 'reduce_rows',
  code: rowsCode,
  params: rowParams,
  buffers,
  constants: { OP: 0, WIDE: 0 },
  grid: ({ total }) => linearGrid(total, 64),
  cost: rowCost,
});
const subgroupKernel = defineKernel({
  name: 'reduce_rows_subgroup',
  code: subgroupCode,
  params: rowParams,
  buffers,
  constants: { OP: 0, WIDE: 0 },
  grid: ({ total }) => [Math.min(4096, Math.ceil(total / 4))],
  cost: rowCost,
});
const columnsKernel = defineKernel({
  name: 'reduce_columns',
  code: columnsCode,
  params: { ...rowParams, rows: 'u32' } as const,
  buffers,
  constants: { OP: 0, WIDE: 0 },
  grid: ({ total }) => linearGrid(total, 64),
  cost: ({ total, span }) => ({ flop: 4 * total * span, bytes: 16 * total * (span + 1) }),
});

function check(name: string, x: Tensor, along: number, what: Reduction): void {
  if (along === 0 && !['sum', 'sumSquares'].includes(what)) {
    throw new UserError(`${name} of ${shapeText(x)}: nothing has no ${what}`);
  }
}

/** Parts of a line of `length` so that some 128 invocations have work, none shorter than 256. */
const partsFor = (lines: number, length: number): number =>
  Math.max(1, Math.min(Math.ceil(128 / lines), Math.floor(length / 256)));

/** Reduces each row of x, whatever its batch: of shape ... x rows x 1. Places are columns, dtype u32. */
export const reduceRows = defineOperation({
  name: 'reduce_rows',
  gpu: async (home: GpuHome, x: Tensor, what: Reduction, options: ReductionOptions = {}): Promise<Tensor> => {
    const n = colsOf(x);
    check('reduceRows', x, n, what);
    const shape = [...x.shape.slice(0, -1), 1];
    const count = sizeOf(shape);
    if (count === 0) return home.empty(shape, isPlace(what) ? 'u32' : 'f32');
    const useSubgroups = (options.variant ?? rowVariant(home)) === 'subgroup' && n > 0;
    const wanted = useSubgroups ? 1 : (options.parts ?? partsFor(count, n));
    const span = Math.max(4, 4 * Math.ceil(n / wanted / 4));
    const parts = Math.max(1, Math.ceil(n / span));
    const factor = what === 'mean' ? 1 / n : 1;
    const values = home.empty(parts > 1 ? [count, parts] : shape);
    const places = home.empty(isPlace(what) ? values.shape : [1], 'u32');
    await (useSubgroups ? subgroupKernel : rowsKernel).run(
      home,
      { n, parts, span, total: count * parts, has_index: 0, factor: parts > 1 ? 1 : factor },
      { x, x4: x, index: x, out: values, place: places },
      { constants: { OP: OPS[what][0], WIDE: n % 4 === 0 ? 1 : 0 } },
    );
    if (parts === 1) return chosen(home, what, values, places);
    const out = home.empty(shape);
    const outPlaces = home.empty(isPlace(what) ? shape : [1], 'u32');
    await rowsKernel.run(
      home,
      { n: parts, parts: 1, span: parts, total: count, has_index: 1, factor },
      { x: values, x4: values, index: places, out, place: outPlaces },
      { constants: { OP: OPS[what][1], WIDE: parts % 4 === 0 ? 1 : 0 } },
    );
    home.release(values);
    home.release(places);
    return chosen(home, what, out, outPlaces);
  },
  cpu: async (
    home: CpuHome,
    x: Tensor,
    what: Reduction,
    _options: ReductionOptions = {},
  ): Promise<Tensor> => {
    const n = colsOf(x);
    check('reduceRows', x, n, what);
    const shape = [...x.shape.slice(0, -1), 1];
    return reduceLines(home, x, what, shape, n, (line) => ({ at: line * n, stride: 1 }));
  },
  compare: (got, want, x: Tensor, what: Reduction, _options: ReductionOptions = {}) => {
    const n = colsOf(x);
    return deviation(got, want, x, what, n, n / 4, (line) => ({ at: line * n, stride: 1 }));
  },
});

/** Reduces each column of x: of shape ... x 1 x cols. Places are rows within their matrix, dtype u32. */
export const reduceColumns = defineOperation({
  name: 'reduce_columns',
  gpu: async (home: GpuHome, x: Tensor, what: Reduction, options: ReductionOptions = {}): Promise<Tensor> => {
    const [rows, n, batch] = [rowsOf(x), colsOf(x), batchOf(x)];
    check('reduceColumns', x, rows, what);
    const shape = [...x.shape.slice(0, -2), 1, n];
    if (sizeOf(shape) === 0) return home.empty(shape, isPlace(what) ? 'u32' : 'f32');
    const groups = Math.ceil(n / 4);
    const wanted = options.parts ?? partsFor(groups * batch, 4 * rows);
    const span = Math.max(1, Math.ceil(rows / wanted));
    const parts = Math.max(1, Math.ceil(rows / span));
    const factor = what === 'mean' ? 1 / rows : 1;
    const constants = { OP: OPS[what][0], WIDE: n % 4 === 0 ? 1 : 0 };
    const values = home.empty(parts > 1 ? [batch, parts, n] : shape);
    const places = home.empty(isPlace(what) ? values.shape : [1], 'u32');
    await columnsKernel.run(
      home,
      {
        n,
        rows,
        parts,
        span,
        total: batch * parts * groups,
        has_index: 0,
        factor: parts > 1 ? 1 : factor,
      },
      { x, x4: x, index: x, out: values, place: places },
      { constants },
    );
    if (parts === 1) return chosen(home, what, values, places);
    const out = home.empty(shape);
    const outPlaces = home.empty(isPlace(what) ? shape : [1], 'u32');
    await columnsKernel.run(
      home,
      { n, rows: parts, parts: 1, span: parts, total: batch * groups, has_index: 1, factor },
      { x: values, x4: values, index: places, out, place: outPlaces },
      { constants: { ...constants, OP: OPS[what][1] } },
    );
    home.release(values);
    home.release(places);
    return chosen(home, what, out, outPlaces);
  },
  cpu: async (
    home: CpuHome,
    x: Tensor,
    what: Reduction,
    _options: ReductionOptions = {},
  ): Promise<Tensor> => {
    check('reduceColumns', x, rowsOf(x), what);
    const shape = [...x.shape.slice(0, -2), 1, colsOf(x)];
    return reduceLines(home, x, what, shape, rowsOf(x), columnsOf(x));
  },
  compare: (got, want, x: Tensor, what: Reduction, _options: ReductionOptions = {}) =>
    deviation(got, want, x, what, rowsOf(x), rowsOf(x), columnsOf(x)),
});

function chosen(home: GpuHome, what: Reduction, values: Tensor, places: Tensor): Tensor {
  home.release(isPlace(what) ? values : places);
  return isPlace(what) ? places : values;
}

type Line = (line: number) => { at: number; stride: number };

const columnsOf = (x: Tensor): Line => {
  const [rows, n] = [rowsOf(x), colsOf(x)];
  return (line) => ({ at: Math.floor(line / n) * rows * n + (line % n), stride: n });
};

/** One line in float64. */
function reduceLine(line: Float64Array, what: Reduction): number {
  switch (what) {
    case 'sum':
      return line.reduce((a, b) => a + b, 0);
    case 'mean':
      return line.reduce((a, b) => a + b, 0) / line.length;
    case 'sumSquares':
      return line.reduce((a, b) => a + b * b, 0);
    case 'max':
      return line.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    case 'min':
      return line.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    case 'argmax':
      return line.indexOf(reduceLine(line, 'max'));
    case 'argmin':
      return line.indexOf(reduceLine(line, 'min'));
    case 'logSumExp': {
      const top = reduceLine(line, 'max');
      return top + Math.log(line.reduce((a, b) => a + Math.exp(b - top), 0));
    }
    default:
      return what satisfies never;
  }
}

function lineAt(x: Tensor, length: number, { at, stride }: { at: number; stride: number }): Float64Array {
  const data = cpuData(x);
  return Float64Array.from({ length }, (_, t) => data[at + t * stride]);
}

async function reduceLines(
  home: CpuHome,
  x: Tensor,
  what: Reduction,
  shape: readonly number[],
  length: number,
  line: Line,
): Promise<Tensor> {
  const out = isPlace(what) ? new Uint32Array(sizeOf(shape)) : new Float64Array(sizeOf(shape));
  for (let i = 0; i < out.length; i++) out[i] = reduceLine(lineAt(x, length, line(i)), what);
  return home.wrap(shape, out);
}

/**
 * A sum in running sums of at most `chain` terms, then of those, is off by at most (chain + 40) u sum |terms|,
 * u = 2^-24 (Higham 2002, 4.2; four running sums a row, one a column, and fewer terms in each where lines are cut);
 * squares and the factor of the mean add two roundings. A sum of exponentials is off by (chain + 46 + 10 max |x|) u
 * relatively (3 + 2 |x| ulp by the WGSL specification), its logarithm by as much, and by its own rounding and that
 * of adding the largest. Largest, smallest and places are exact.
 */
function deviation(
  got: Tensor,
  want: Tensor,
  x: Tensor,
  what: Reduction,
  length: number,
  chain: number,
  line: Line,
): Deviation {
  const u = 2 ** -24;
  const values = cpuData(want);
  const bound = (i: number): number => {
    if (isPlace(what) || what === 'max' || what === 'min') return 0;
    const terms = lineAt(x, length, line(i));
    if (what === 'sumSquares') return (chain + 44) * u * values[i] + 1e-37;
    if (what === 'logSumExp') {
      const reach = terms.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      return (chain + 46 + 10 * reach) * u + 4 * u * Math.abs(values[i]);
    }
    const size = terms.reduce((a, b) => a + Math.abs(b), 0);
    return (chain + 42) * u * (what === 'mean' ? size / length : size) + 1e-37;
  };
  return entrywise(got, want, bound, `${what} of line`);
}
