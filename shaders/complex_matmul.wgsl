//! use complex
// C = op(A) op(B), complex, op a conjugate transpose where its flag says so, batched in z.
//   op(A): m x k    op(B): k x n    C: m x n; strides in entries
//
// One invocation makes 2 x 2 entries in registers; past the edge they are clamped on load, skipped on store.
// Work 8mnk flop. |error| <= (2k + 4) u (|A||B|)_ij in each part, u = 2^-24 (Higham 2002, section 3.6).
// Reference: app/kernels/complex.ts. Test: complex.test.ts.

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
  sign_a: f32,
  sign_b: f32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec2f>;
@group(0) @binding(2) var<storage, read> b: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> c: array<vec2f>;

@compute @workgroup_size(8, 8)
fn complex_matmul(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = ((wid.y + p.group0) * 8u + lid.y) * 2u;
  let col = (wid.x * 8u + lid.x) * 2u;
  if (row >= p.m || col >= p.n) {
    return;
  }
  let next_row = min(row + 1u, p.m - 1u);
  let next_col = min(col + 1u, p.n - 1u);
  let from_a = wid.z * p.a_batch;
  let from_b = wid.z * p.b_batch;
  let flip_a = vec2f(1.0, p.sign_a);
  let flip_b = vec2f(1.0, p.sign_b);
  var c00 = vec2f();
  var c01 = vec2f();
  var c10 = vec2f();
  var c11 = vec2f();
  for (var t = 0u; t < p.k; t++) {
    let a0 = a[from_a + row * p.a_row + t * p.a_col] * flip_a;
    let a1 = a[from_a + next_row * p.a_row + t * p.a_col] * flip_a;
    let b0 = b[from_b + t * p.b_row + col * p.b_col] * flip_b;
    let b1 = b[from_b + t * p.b_row + next_col * p.b_col] * flip_b;
    c00 = cfma(a0, b0, c00);
    c01 = cfma(a0, b1, c01);
    c10 = cfma(a1, b0, c10);
    c11 = cfma(a1, b1, c11);
  }
  let to = (wid.z * p.m + row) * p.n + col;
  c[to] = c00;
  if (col + 1u < p.n) {
    c[to + 1u] = c01;
  }
  if (row + 1u < p.m) {
    c[to + p.n] = c10;
    if (col + 1u < p.n) {
      c[to + p.n + 1u] = c11;
    }
  }
}
