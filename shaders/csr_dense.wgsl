//! use linear
// A CSR matrix written out; one invocation a row, zeros first. Columns that occur twice in a row add up.
//   starts: m + 1    columns, values: nonzeros    a: m x n
// Reference: app/kernels/sparse.ts. Test: app/kernels/sparse.test.ts.

struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> columns: array<u32>;
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<storage, read_write> a: array<f32>;

@compute @workgroup_size(64)
fn csr_dense(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let row = linear_index(wid, nwg, lid);
  if (row >= p.m) {
    return;
  }
  for (var j = 0u; j < p.n; j++) {
    a[row * p.n + j] = 0.0;
  }
  for (var i = starts[row]; i < starts[row + 1u]; i++) {
    a[row * p.n + columns[i]] += values[i];
  }
}
