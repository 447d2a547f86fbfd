//! use linear
//! use threefry
// The 24 bits of which a uniform of the stream is made: entry i is the first word of index start + i, shifted
// by 8. Their stable argsort is the stream's random permutation.
// Reference: app/math/threefry.ts. Test: app/kernels/gather.test.ts.

struct Params {
  seed: u32,
  stream: u32,
  start: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> keys: array<u32>;

@compute @workgroup_size(64)
fn permutation_keys(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i < p.count) {
    keys[i] = threefry2x32(vec2u(p.seed, p.stream), vec2u(p.start + i, 0u)).x >> 8u;
  }
}
