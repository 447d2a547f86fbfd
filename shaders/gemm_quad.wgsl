// C = alpha op(A) op(B) + beta C, row-major float32, batched, K cut into slices if asked: gemm.wgsl where
// four neighbouring lanes can hand values to each other (subgroups), still without a barrier.
//   op(A): m x k    op(B): k x n    C: m x n      (op = transpose is a matter of strides)
//
// A quad computes a 16 x 16 block of C, each lane 16 rows of four columns in registers. B is loaded by the lane
// that needs it. Of A, lane l loads rows l, l + 4, l + 8, l + 12 for four steps of k, and hands each entry to
// the quad: a step of k costs 8 loads for 64 multiply-adds, where 16 x 4 blocks by themselves load 20.
// Rows and columns past the edge are clamped on load and skipped on store.
//
// z counts batch * slices; slice s sums t in [s * k_slice, (s + 1) * k_slice) into its own copy of C, and
// sum_slices.wgsl adds them in order.
// Work 2mnk flop. A plain float32 sum in order of t: |error| <= gamma_k (|A||B|)_ij (Higham 2002, 3.5).
// Reference: app/math/linalg.ts. Test: app/kernels/matmul.test.ts.

enable subgroups;
diagnostic(off, subgroup_uniformity);

struct Params {
  m: u32,
  n: u32,
  k: u32,
  a_row: u32,
  a_col: u32,
  b_row: u32,
  b_col: u32,
  a_batch: u32,
  b_batch: u32,
  slices: u32,
  k_slice: u32,
  batch: u32,
  alpha: f32,
  beta: f32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

// Four entries of a row of op(A).
fn load_a(at: u32) -> vec4f {
  return vec4f(a[at], a[at + p.a_col], a[at + 2u * p.a_col], a[at + 3u * p.a_col]);
}

// Four entries of a row of op(B).
fn load_b(at: u32, cols: vec4u) -> vec4f {
  return vec4f(b[at + cols.x], b[at + cols.y], b[at + cols.z], b[at + cols.w]);
}

// Adds (column of A) (row of B) to a 4 x 4 block; the column's four entries lie one in each lane of the quad.
fn add(block: mat4x4f, column: f32, row: vec4f) -> mat4x4f {
  return mat4x4f(
    fma(vec4f(quadBroadcast(column, 0u)), row, block[0]),
    fma(vec4f(quadBroadcast(column, 1u)), row, block[1]),
    fma(vec4f(quadBroadcast(column, 2u)), row, block[2]),
    fma(vec4f(quadBroadcast(column, 3u)), row, block[3]),
  );
}

fn store(at: u32, row: u32, col: u32, block: mat4x4f) {
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      if (row + i < p.m && col + j < p.n) {
        let index = at + (row + i) * p.n + col + j;
        var result = p.alpha * block[i][j];
        if (p.beta != 0.0) {
          result += p.beta * c[index];
        }
        c[index] = result;
      }
    }
  }
}

@compute @workgroup_size(4, 4)
fn gemm_quad(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = ((wid.y + p.group0) * 4u + lid.y) * 16u;
  let col = (wid.x * 4u + lid.x) * 4u;
  if (row >= p.m) {
    return; // The whole quad: its lanes share their rows.
  }
  let batch = wid.z / p.slices;
  let slice = wid.z - batch * p.slices;
  let first = min(p.k, slice * p.k_slice);
  let last = min(p.k, first + p.k_slice);
  let whole = last - (last - first) % 4u;

  let rows = min(vec4u(row + lid.x) + vec4u(0u, 4u, 8u, 12u), vec4u(p.m - 1u)) * p.a_row;
  let cols = min(vec4u(col) + vec4u(0u, 1u, 2u, 3u), vec4u(p.n - 1u)) * p.b_col;
  var at_a = batch * p.a_batch + first * p.a_col + rows;
  var at_b = batch * p.b_batch + first * p.b_row;

  var c0 = mat4x4f();
  var c1 = mat4x4f();
  var c2 = mat4x4f();
  var c3 = mat4x4f();
  for (var t = first; t < whole; t += 4u) {
    let a0 = load_a(at_a.x);
    let a1 = load_a(at_a.y);
    let a2 = load_a(at_a.z);
    let a3 = load_a(at_a.w);
    let b0 = load_b(at_b, cols);
    c0 = add(c0, a0.x, b0);
    c1 = add(c1, a1.x, b0);
    c2 = add(c2, a2.x, b0);
    c3 = add(c3, a3.x, b0);
    let b1 = load_b(at_b + p.b_row, cols);
    c0 = add(c0, a0.y, b1);
    c1 = add(c1, a1.y, b1);
    c2 = add(c2, a2.y, b1);
    c3 = add(c3, a3.y, b1);
    let b2 = load_b(at_b + 2u * p.b_row, cols);
    c0 = add(c0, a0.z, b2);
    c1 = add(c1, a1.z, b2);
    c2 = add(c2, a2.z, b2);
    c3 = add(c3, a3.z, b2);
    let b3 = load_b(at_b + 3u * p.b_row, cols);
    c0 = add(c0, a0.w, b3);
    c1 = add(c1, a1.w, b3);
    c2 = add(c2, a2.w, b3);
    c3 = add(c3, a3.w, b3);
    at_a += vec4u(4u * p.a_col);
    at_b += 4u * p.b_row;
  }
  for (var t = whole; t < last; t++) {
    let b0 = load_b(at_b, cols);
    c0 = add(c0, a[at_a.x], b0);
    c1 = add(c1, a[at_a.y], b0);
    c2 = add(c2, a[at_a.z], b0);
    c3 = add(c3, a[at_a.w], b0);
    at_a += vec4u(p.a_col);
    at_b += p.b_row;
  }

  let at = wid.z * p.m * p.n;
  store(at, row, col, c0);
  store(at, row + 4u, col, c1);
  store(at, row + 8u, col, c2);
  store(at, row + 12u, col, c3);
}
