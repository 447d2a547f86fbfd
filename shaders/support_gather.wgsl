// values[i] = w[index[i]]: the entries of a dense matrix on a support.
//
//   w: any size    index, values: count
//
// Exact. Reference: app/kernels/support.ts. Test: app/kernels/support.test.ts.
//! use linear

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> values: array<f32>;

@compute @workgroup_size(64)
fn support_gather(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i < p.count) {
    values[i] = w[index[i]];
  }
}
