/**
 * Polynomials in place of the exponential: monomial features, the Taylor polynomial itself, and the products of rows
 * and entries that chains of such features need.
 */
import productCode from '../../shaders/entry_product.wgsl?raw';
import code from '../../shaders/monomials.wgsl?raw';
import kroneckerCode from '../../shaders/row_kronecker.wgsl?raw';
import taylorCode from '../../shaders/taylor_exp.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { type Monomials, taylorExp } from '../math/multisets';
import { defineOperation, entrywise } from './operation';

const U = 2 ** -24;
const TINY = 1e-37;

const kernel = defineKernel({
  name: 'monomials',
  code,
  params: { d: 'u32', features: 'u32', count: 'u32' },
  buffers: { x: 'read', parent: 'read', coordinate: 'read', ratio: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 8 * count, bytes: 20 * count }),
});

/** What a feature is multiplied by beside the coordinates that it consists of, as its last factor. */
export type MonomialWeight = (multiplicity: number) => number;

/**
 * n x count: every monomial of the rows of x (n x d) times its weight, the product over its chain of
 * weight(multiplicity): 1 / e gives 1 / prod e!, 1 / sqrt e its root.
 */
export const monomials = defineOperation({
  name: 'monomials',
  gpu: async (home: GpuHome, x: Tensor, table: Monomials, weight: MonomialWeight = () => 1) => {
    checkWidth(x, table);
    const [n, features] = [rowsOf(x), table.count];
    const out = home.empty([n, features]);
    if (n === 0) return out;
    const parent = home.tensor([features], table.parent, 'u32');
    const coordinate = home.tensor([features], table.coordinate, 'u32');
    const ratio = home.tensor([features], ratios(table, weight));
    await kernel.run(
      home,
      { d: table.d, features, count: n * features },
      { x, parent, coordinate, ratio, out },
    );
    for (const tensor of [parent, coordinate, ratio]) home.release(tensor);
    return out;
  },
  cpu: async (home: CpuHome, x: Tensor, table: Monomials, weight: MonomialWeight = () => 1) => {
    checkWidth(x, table);
    const [n, features, d] = [rowsOf(x), table.count, table.d];
    const out = home.tensor([n, features]);
    const [values, result, ratio] = [cpuData(x), cpuData(out), ratios(table, weight)];
    for (let i = 0; i < n; i++) {
      result[i * features] = 1;
      for (let t = 1; t < features; t++) {
        const before = result[i * features + table.parent[t]];
        result[i * features + t] = before * values[i * d + table.coordinate[t]] * ratio[t];
      }
      if (i % 256 === 0) await home.checkpoint();
    }
    return out;
  },
  /** Two products a link, and the rounding of its ratio. */
  compare: (got, want, _x: Tensor, table: Monomials, _weight: MonomialWeight = () => 1) => {
    const values = cpuData(want);
    return entrywise(got, want, (i) => (3 * table.degree + 1) * U * Math.abs(values[i]) + TINY);
  },
});

function ratios({ count, multiplicity }: Monomials, weight: MonomialWeight): Float64Array {
  return Float64Array.from({ length: count }, (_, t) => (t === 0 ? 1 : weight(multiplicity[t])));
}

function checkWidth(x: Tensor, { d }: Monomials): void {
  if (x.shape.length !== 2 || colsOf(x) !== d) {
    throw new UserError(`monomials of ${d} coordinates do not fit ${shapeText(x)}`);
  }
}

const kroneckerKernel = defineKernel({
  name: 'row_kronecker',
  code: kroneckerCode,
  params: { m: 'u32', q: 'u32', count: 'u32' },
  buffers: { x: 'read', y: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: count, bytes: 12 * count }),
});

/** Row i is x_i (x) y_i: n x m q from n x m and n x q. */
export const rowKronecker = defineOperation({
  name: 'row_kronecker',
  gpu: async (home: GpuHome, x: Tensor, y: Tensor) => {
    sameRows(x, y);
    const [m, q] = [colsOf(x), colsOf(y)];
    const out = home.empty([rowsOf(x), m * q]);
    const count = sizeOf(out.shape);
    if (count > 0) await kroneckerKernel.run(home, { m, q, count }, { x, y, out });
    return out;
  },
  cpu: async (home: CpuHome, x: Tensor, y: Tensor) => {
    sameRows(x, y);
    const [m, q] = [colsOf(x), colsOf(y)];
    const out = home.tensor([rowsOf(x), m * q]);
    const [a, b, result] = [cpuData(x), cpuData(y), cpuData(out)];
    for (let i = 0; i < result.length; i++) {
      const row = Math.floor(i / (m * q));
      const col = i % (m * q);
      result[i] = a[row * m + Math.floor(col / q)] * b[row * q + (col % q)];
    }
    await home.checkpoint();
    return out;
  },
  compare: (got, want) => entrywise(got, want, (i) => 2 * U * Math.abs(cpuData(want)[i]) + TINY),
});

function sameRows(x: Tensor, y: Tensor): void {
  if (rowsOf(x) !== rowsOf(y)) {
    throw new UserError(`row-wise Kronecker product: ${shapeText(x)} and ${shapeText(y)} differ in rows`);
  }
}

const productKernel = defineKernel({
  name: 'entry_product',
  code: productCode,
  params: { n: 'u32', count: 'u32', by_row: 'u32' },
  buffers: { x: 'read', y: 'read', s: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 2 * count, bytes: 12 * count }),
});

const productOf = (name: string, byRow: boolean) =>
  defineOperation({
    name,
    gpu: async (home: GpuHome, x: Tensor, y: Tensor, s: Tensor) => {
      sameShape(name, x, y);
      const out = home.empty(x.shape);
      const params = { n: colsOf(x), count: sizeOf(x.shape), by_row: byRow ? 1 : 0 };
      if (params.count > 0) await productKernel.run(home, params, { x, y, s, out });
      return out;
    },
    cpu: async (home: CpuHome, x: Tensor, y: Tensor, s: Tensor) => {
      sameShape(name, x, y);
      const out = home.tensor(x.shape);
      const [a, b, rows, result] = [cpuData(x), cpuData(y), cpuData(s), cpuData(out)];
      const n = colsOf(x);
      for (let i = 0; i < result.length; i++)
        result[i] = a[i] * (b[i] - (byRow ? rows[Math.floor(i / n)] : 0));
      await home.checkpoint();
      return out;
    },
    compare: (got, want, x: Tensor, y: Tensor, s: Tensor) => {
      const [a, b, rows] = [cpuData(x), cpuData(y), cpuData(s)];
      const size = (i: number) => Math.abs(b[i]) + (byRow ? Math.abs(rows[Math.floor(i / colsOf(x))]) : 0);
      return entrywise(got, want, (i) => 3 * U * Math.abs(a[i]) * size(i) + TINY);
    },
  });

const product = productOf('entry_product', false);

/** x y, entry by entry. */
export const multiply = (x: Tensor, y: Tensor): Promise<Tensor> => product(x, y, y);

/** f_ij (q_ij - rho_i): the gradient of a loss in the scores, from softmax f, its gradient q and rho_i = f_i . q_i. */
export const softmaxGradient = productOf('softmax_gradient', true);

function sameShape(name: string, x: Tensor, y: Tensor): void {
  if (x.shape.join() !== y.shape.join()) {
    throw new UserError(`${name}: ${shapeText(x)} and ${shapeText(y)} differ in shape`);
  }
}

const taylorKernel = defineKernel({
  name: 'taylor_exp',
  code: taylorCode,
  params: { count: 'u32', degree: 'u32' },
  buffers: { x: 'read', out: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count, degree }) => ({ flop: 3 * degree * count, bytes: 8 * count }),
});

/** P_degree(x) = sum_t x^t / t!, entry by entry. */
export const taylor = defineOperation({
  name: 'taylor_exp',
  gpu: async (home: GpuHome, x: Tensor, degree: number) => {
    const out = home.empty(x.shape);
    if (sizeOf(x.shape) > 0) await taylorKernel.run(home, { count: sizeOf(x.shape), degree }, { x, out });
    return out;
  },
  cpu: async (home: CpuHome, x: Tensor, degree: number) => {
    const out = home.wrap(
      x.shape,
      Float64Array.from(cpuData(x), (value) => taylorExp(value, degree)),
    );
    await home.checkpoint();
    return out;
  },
  /** Horner: (3 degree + 1) u of the polynomial of absolute values (Higham 2002, 5.1). */
  compare: (got, want, x: Tensor, degree: number) => {
    const values = cpuData(x);
    return entrywise(got, want, (i) => (3 * degree + 1) * U * taylorExp(Math.abs(values[i]), degree));
  },
});
