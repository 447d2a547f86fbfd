// The slices of C = op(A) op(B), float32: slice s sums t = s k_slice, ..., (s + 1) k_slice - 1 in order, one
// invocation an entry of a slice. z is batch * slices + slice; sum_slices.wgsl adds them in order.
// Strides in entries say how op(A) and op(B) are stored; z is the batch.
// Reference: variantTwin in app/kernels/gemm_variants.ts. Test: app/methods/basics/matmul.test.ts.

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
  slices: u32,
  k_slice: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

@compute @workgroup_size(16, 16)
fn gemm_splitk(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = (wid.y + p.group0) * 16u + lid.y;
  let col = wid.x * 16u + lid.x;
  if (row >= p.m || col >= p.n) {
    return;
  }
  let item = wid.z / p.slices;
  let first = min(p.k, (wid.z % p.slices) * p.k_slice);
  let last = min(p.k, first + p.k_slice);
  let at_a = item * p.a_batch + row * p.a_row;
  let at_b = item * p.b_batch + col * p.b_col;
  var sum = 0.0;
  for (var t = first; t < last; t++) {
    sum += a[at_a + t * p.a_col] * b[at_b + t * p.b_row];
  }
  c[(wid.z * p.m + row) * p.n + col] = sum;
}
