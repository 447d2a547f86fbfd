// C = op(A) op(B), float32: one invocation an entry of C, one accumulator, t = 0, 1, ..., k - 1 in order,
// operands read straight from storage. |error| <= gamma_k |A||B|.
// Strides in entries say how op(A) and op(B) are stored; z is the batch.
// Reference: variantTwin in app/kernels/gemm_variants.ts. Test: app/kernels/gemm_variants.test.ts.

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
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

override EDGE: u32 = 16; //! one of 4, 8, 16: edge of a workgroup, in entries of C

@compute @workgroup_size(EDGE, EDGE)
fn gemm_naive(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = (wid.y + p.group0) * EDGE + lid.y;
  let col = wid.x * EDGE + lid.x;
  if (row >= p.m || col >= p.n) {
    return;
  }
  let at_a = wid.z * p.a_batch + row * p.a_row;
  let at_b = wid.z * p.b_batch + col * p.b_col;
  var sum = 0.0;
  for (var t = 0u; t < p.k; t++) {
    sum += a[at_a + t * p.a_col] * b[at_b + t * p.b_row];
  }
  c[(wid.z * p.m + row) * p.n + col] = sum;
}
