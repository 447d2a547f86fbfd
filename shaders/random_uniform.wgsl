//! use linear
//! use threefry
// Uniforms of one random stream, ((w >> 8) + 0.5) 2^-24 rounded to float32: in (0, 1], exactly the CPU's.
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
fn random_uniform(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let words = threefry2x32(vec2u(p.seed, p.stream), vec2u(p.start + i, 0u));
  let k = words.x >> 8u;
  // Above 1/2 the half does not fit into 24 bits: ties go to even, by hand.
  out[i] = select(f32(2u * k + 1u) * 0x1p-25, f32(k + (k & 1u)) * 0x1p-24, k >= 0x800000u);
}
