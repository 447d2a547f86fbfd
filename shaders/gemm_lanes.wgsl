// C = op(A) op(B), float32, for devices without subgroups: 32 lanes an entry, lane L sums t = L, L + 32, ...
// in order, then a tree in workgroup memory. A workgroup takes two entries.
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

var<workgroup> part: array<f32, 64>;

@compute @workgroup_size(64)
fn gemm_lanes(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let entry = ((wid.y + p.group0) * groups.x + wid.x) * 2u + local / 32u;
  let lane = local % 32u;
  let inside = entry < p.m * p.n;
  let row = entry / p.n;
  let col = entry % p.n;
  let at_a = wid.z * p.a_batch + row * p.a_row;
  let at_b = wid.z * p.b_batch + col * p.b_col;
  var sum = 0.0;
  if (inside) {
    for (var t = lane; t < p.k; t += 32u) {
      sum += a[at_a + t * p.a_col] * b[at_b + t * p.b_row];
    }
  }
  part[local] = sum;
  for (var half = 16u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      part[local] += part[local + half];
    }
  }
  if (inside && lane == 0u) {
    c[wid.z * p.m * p.n + entry] = part[local];
  }
}
