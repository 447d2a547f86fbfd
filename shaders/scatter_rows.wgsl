//! use linear
// Row index[i] of the target becomes row i of a, word by word; indices past the end are left out. Indices that
// occur twice leave one of the two rows, entry by entry.
//   a: count x width    index: count    target: rows x width
// Reference: app/kernels/gather.ts. Test: app/kernels/gather.test.ts.

struct Params {
  rows: u32,
  width: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<u32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<u32>;

@compute @workgroup_size(64)
fn scatter_rows(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count * p.width) {
    return;
  }
  let row = index[i / p.width];
  if (row < p.rows) {
    out[row * p.width + i % p.width] = a[i];
  }
}
