//! use linear
//! use threefry
// Random signs of one stream: -1 where the uniform is below 0.5, else 1.
//
// One invocation an entry; entry i has the index start + i of its stream, so any slice can be drawn by
// itself. Reference: app/math/threefry.ts. Test: app/kernels/random.test.ts.

struct Params {
  seed: u32,
  stream: u32,
  start: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn random_signs(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let words = threefry2x32(vec2u(p.seed, p.stream), vec2u(p.start + i, 0u));
  out[i] = random_sign(words.x);
}
