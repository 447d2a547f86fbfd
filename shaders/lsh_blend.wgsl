// b_ij where hashing pairs query i with key j in any round, a_ij elsewhere.
//   a, b, out: n x n    plan: order, ranks of the queries, ranks of the keys, each `size` numbers, n a round
//
// Pairs as in lsh_attention.wgsl. One invocation an entry. Exact. Test: app/kernels/lsh.test.ts.
//! use linear

struct Params {
  n: u32,
  rounds: u32,
  size: u32,
  chunk: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> plan: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn lsh_blend(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let row = at / p.n;
  let col = at - row * p.n;
  var isPaired = false;
  for (var t = 0u; t < p.rounds; t++) {
    let here = t * p.n;
    isPaired |= plan[p.size + here + row] / p.chunk == plan[2u * p.size + here + col] / p.chunk;
  }
  out[at] = select(a[at], b[at], isPaired);
}
