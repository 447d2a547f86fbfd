/** Entry-by-entry operations. */
import axpbyCode from '../../shaders/axpby.wgsl?raw';
import scaleCode from '../../shaders/scale_lines.wgsl?raw';
import { type CpuHome, cpuData } from '../gpu/cpuhome';
import type { GpuHome } from '../gpu/gpuhome';
import { colsOf, rowsOf, shapeText, sizeOf, type Tensor } from '../gpu/home';
import { defineKernel, linearGrid } from '../gpu/kernel';
import { UserError } from '../math/errors';
import { defineOperation, entrywise } from './operation';

const axpbyKernel = defineKernel({
  name: 'axpby',
  code: axpbyCode,
  params: { count: 'u32', alpha: 'f32', beta: 'f32' },
  buffers: { a: 'read', b: 'read', c: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: 3 * count, bytes: 12 * count }),
});

const scaleKernel = defineKernel({
  name: 'scale_lines',
  code: scaleCode,
  params: { n: 'u32', count: 'u32', by_row: 'u32' },
  buffers: { a: 'read', s: 'read', c: 'write' },
  grid: ({ count }) => linearGrid(count, 64),
  cost: ({ count }) => ({ flop: count, bytes: 8 * count }),
});

/** alpha A + beta B for tensors of the same shape. */
export const axpby = defineOperation({
  name: 'axpby',
  gpu: async (home: GpuHome, alpha: number, a: Tensor, beta: number, b: Tensor) => {
    sameShape(a, b);
    const c = home.empty(a.shape);
    await axpbyKernel.run(home, { count: sizeOf(a.shape), alpha, beta }, { a, b, c });
    return c;
  },
  cpu: async (home: CpuHome, alpha: number, a: Tensor, beta: number, b: Tensor) => {
    sameShape(a, b);
    const c = home.tensor(a.shape);
    const [x, y, z] = [cpuData(a), cpuData(b), cpuData(c)];
    for (let i = 0; i < z.length; i++) z[i] = alpha * x[i] + beta * y[i];
    return c;
  },
  compare: (got, want, alpha: number, a: Tensor, beta: number, b: Tensor) => {
    const [x, y] = [cpuData(a), cpuData(b)];
    return entrywise(
      got,
      want,
      (i) => 4 * 2 ** -24 * (Math.abs(alpha * x[i]) + Math.abs(beta * y[i])) + 1e-37,
    );
  },
});

function sameShape(a: Tensor, b: Tensor): void {
  if (a.shape.join() !== b.shape.join()) {
    throw new UserError(`axpby: ${shapeText(a)} and ${shapeText(b)} differ in shape`);
  }
}

const scaled = (line: 'columns' | 'rows') =>
  defineOperation({
    name: line === 'rows' ? 'scaleRows' : 'scaleColumns',
    gpu: async (home: GpuHome, a: Tensor, s: Tensor) => {
      checkFactors(line, a, s);
      const c = home.empty(a.shape);
      const params = { n: colsOf(a), count: sizeOf(a.shape), by_row: line === 'rows' ? 1 : 0 };
      await scaleKernel.run(home, params, { a, s, c });
      return c;
    },
    cpu: async (home: CpuHome, a: Tensor, s: Tensor) => {
      checkFactors(line, a, s);
      const c = home.tensor(a.shape);
      const [x, f, z] = [cpuData(a), cpuData(s), cpuData(c)];
      const n = colsOf(a);
      for (let i = 0; i < z.length; i++) z[i] = x[i] * f[line === 'rows' ? Math.floor(i / n) : i % n];
      return c;
    },
    compare: (got, want) => entrywise(got, want, (i) => 2 * 2 ** -24 * Math.abs(cpuData(want)[i]) + 1e-37),
  });

function checkFactors(line: 'columns' | 'rows', a: Tensor, s: Tensor): void {
  const count = line === 'rows' ? rowsOf(a) : colsOf(a);
  if (a.shape.length !== 2 || sizeOf(s.shape) !== count) {
    throw new UserError(
      `scale ${line}: ${sizeOf(s.shape)} factors for the ${line} of a ${shapeText(a)} matrix`,
    );
  }
}

/** A diag(s): column j times s_j. */
export const scaleColumns = scaled('columns');
/** diag(s) A: row i times s_i. */
export const scaleRows = scaled('rows');
