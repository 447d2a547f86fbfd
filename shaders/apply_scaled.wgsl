// w -= rate * factor * s, in place, with the factor read from a one-element buffer: nothing returns to the host.
//
//   w, s: count    factor: 1
//
// |error| <= 3 2^-24 |rate factor s| + 2^-24 |w|.
// Reference: app/kernels/projected.ts. Test: app/kernels/projected.test.ts.
//! use linear

struct Params {
  count: u32,
  rate: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> s: array<f32>;
@group(0) @binding(2) var<storage, read> factor: array<f32>;
@group(0) @binding(3) var<storage, read_write> w: array<f32>;

@compute @workgroup_size(64)
fn apply_scaled(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i < p.count) {
    w[i] -= (p.rate * factor[0]) * s[i];
  }
}
