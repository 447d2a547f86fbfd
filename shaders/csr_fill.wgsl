//! use linear
// The entries of each row that are not zero, with their columns, in order.
//   a: m x n    starts: m + 1    columns, values: as many as there are
// Reference: app/kernels/sparse.ts. Test: app/kernels/sparse.test.ts.

struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read_write> columns: array<u32>;
@group(0) @binding(4) var<storage, read_write> values: array<f32>;

@compute @workgroup_size(64)
fn csr_fill(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let row = linear_index(wid, nwg, lid);
  if (row >= p.m) {
    return;
  }
  var to = starts[row];
  for (var j = 0u; j < p.n; j++) {
    let value = a[row * p.n + j];
    if (value != 0.0) {
      columns[to] = j;
      values[to] = value;
      to++;
    }
  }
}
