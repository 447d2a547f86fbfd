//! use linear
// The last step of a subsampled randomized Hadamard transform: Y = scale times the chosen columns of H.
//   H: m x padded    chosen: l columns    Y: m x l
// Test: app/kernels/sketch.test.ts.

struct Params {
  m: u32,
  l: u32,
  padded: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> h: array<f32>;
@group(0) @binding(2) var<storage, read> chosen: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn srht_pick(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at < p.m * p.l) {
    y[at] = p.scale * h[(at / p.l) * p.padded + chosen[at % p.l]];
  }
}
