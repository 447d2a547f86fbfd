//! use linear
// How many entries of each row are not zero.
//   a: m x n    counts: m
// Reference: app/kernels/sparse.ts. Test: app/kernels/sparse.test.ts.

struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> counts: array<u32>;

@compute @workgroup_size(64)
fn csr_count(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let row = linear_index(wid, nwg, lid);
  if (row >= p.m) {
    return;
  }
  var count = 0u;
  for (var j = 0u; j < p.n; j++) {
    count += select(0u, 1u, a[row * p.n + j] != 0.0);
  }
  counts[row] = count;
}
