//! use linear
// A 2:4 matrix written out, one invocation four entries.
//   values: m x k / 2    places: m x words    a: m x k
// Reference: app/kernels/sparse.ts. Test: app/kernels/sparse.test.ts.

struct Params {
  m: u32,
  k: u32,
  words: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read> places: array<u32>;
@group(0) @binding(3) var<storage, read_write> a: array<f32>;

@compute @workgroup_size(64)
fn two_four_dense(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let fours = p.k / 4u;
  let i = linear_index(wid, nwg, lid);
  if (i >= p.m * fours) {
    return;
  }
  let row = i / fours;
  let group = i % fours;
  let bits = places[row * p.words + group / 8u] >> (4u * (group % 8u));
  let at = row * (p.k / 2u) + group * 2u;
  let pair = vec2u(bits & 3u, (bits >> 2u) & 3u);
  for (var t = 0u; t < 4u; t++) {
    a[row * p.k + group * 4u + t] = select(0.0, values[at], t == pair.x) + select(0.0, values[at + 1u], t == pair.y);
  }
}
