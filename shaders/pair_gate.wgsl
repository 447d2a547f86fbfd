//! use linear
// Rows of every pair of a block of queries with a key: out_(i n + j),c = scale q_ic k_jc.
//   q: queries x d, from row `first`    k: keys x d, from row `base`    out: (count / d) x d
//
// One invocation an entry, two roundings. Test: app/kernels/triple.test.ts.

struct Params {
  n: u32,
  d: u32,
  first: u32,
  base: u32,
  count: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read> k: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn pair_gate(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let row = i / p.d;
  let c = i - row * p.d;
  let query = row / p.n;
  let key = row - query * p.n;
  out[i] = p.scale * q[(p.first + query) * p.d + c] * k[(p.base + key) * p.d + c];
}
