// C = alpha op(A) op(B) + beta C, row-major float32, batched, K cut into slices if asked.
//   op(A): m x k    op(B): k x n    C: m x n      (op = transpose is a matter of strides)
//
// One invocation computes a 4 x 8 block of C in registers, with no workgroup memory and no barrier: on
// software adapters a barrier costs far more than the loads it saves. gemm_workgroup.wgsl is the other trade.
// Rows and columns past the edge are clamped on load and skipped on store.
//
// z counts batch * slices; slice s sums t in [s * k_slice, (s + 1) * k_slice) into its own copy of C, and
// sum_slices.wgsl adds them in order (split-K: for small m, n and large k one tile leaves the device idle).
// Work 2mnk flop. A plain float32 sum in order of t: |error| <= gamma_k (|A||B|)_ij (Higham 2002, 3.5).
// Reference: app/math/linalg.ts. Test: app/kernels/matmul.test.ts.

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

fn load_b(at: u32, cols: vec4u) -> vec4f {
  return vec4f(b[at + cols.x], b[at + cols.y], b[at + cols.z], b[at + cols.w]);
}

fn store(at: u32, row: u32, col: u32, value: vec4f) {
  for (var j = 0u; j < 4u; j++) {
    if (row < p.m && col + j < p.n) {
      let index = at + row * p.n + col + j;
      var result = p.alpha * value[j];
      if (p.beta != 0.0) {
        result += p.beta * c[index];
      }
      c[index] = result;
    }
  }
}

@compute @workgroup_size(8, 8)
fn gemm(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = ((wid.y + p.group0) * 8u + lid.y) * 4u;
  let col = (wid.x * 8u + lid.x) * 8u;
  if (row >= p.m || col >= p.n) {
    return;
  }
  let batch = wid.z / p.slices;
  let slice = wid.z - batch * p.slices;
  let first = min(p.k, slice * p.k_slice);
  let last = min(p.k, first + p.k_slice);

  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(p.m - 1u)) * p.a_row;
  let left = min(vec4u(col, col + 1u, col + 2u, col + 3u), vec4u(p.n - 1u)) * p.b_col;
  let right = min(vec4u(col + 4u, col + 5u, col + 6u, col + 7u), vec4u(p.n - 1u)) * p.b_col;
  var at_a = batch * p.a_batch + first * p.a_col;
  var at_b = batch * p.b_batch + first * p.b_row;

  var c00 = vec4f();
  var c01 = vec4f();
  var c10 = vec4f();
  var c11 = vec4f();
  var c20 = vec4f();
  var c21 = vec4f();
  var c30 = vec4f();
  var c31 = vec4f();
  for (var t = first; t < last; t++) {
    let b0 = load_b(at_b, left);
    let b1 = load_b(at_b, right);
    let a0 = a[at_a + rows.x];
    let a1 = a[at_a + rows.y];
    let a2 = a[at_a + rows.z];
    let a3 = a[at_a + rows.w];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c30 += a3 * b0;
    c31 += a3 * b1;
    at_a += p.a_col;
    at_b += p.b_row;
  }

  let at = wid.z * p.m * p.n;
  store(at, row, col, c00);
  store(at, row, col + 4u, c01);
  store(at, row + 1u, col, c10);
  store(at, row + 1u, col + 4u, c11);
  store(at, row + 2u, col, c20);
  store(at, row + 2u, col + 4u, c21);
  store(at, row + 3u, col, c30);
  store(at, row + 3u, col + 4u, c31);
}
