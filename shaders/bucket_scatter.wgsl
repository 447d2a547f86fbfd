// Puts every key at its place: the last step of a stable counting sort.
//   h: rounds x n    offsets: rounds x blocks x buckets (used up)
//   plan: from order_at on rounds x n, the key at each place; from rank_at on rounds x n, the place of each key
//
// One invocation a block, its keys in order. Exact. Test: app/kernels/lsh.test.ts.
//! use linear

struct Params {
  n: u32,
  buckets: u32,
  blocks: u32,
  span: u32,
  total: u32,
  order_at: u32,
  rank_at: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> h: array<u32>;
@group(0) @binding(2) var<storage, read_write> offsets: array<u32>;
@group(0) @binding(3) var<storage, read_write> plan: array<u32>;

@compute @workgroup_size(64)
fn bucket_scatter(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.total) {
    return;
  }
  let round = at / p.blocks;
  let first = (at - round * p.blocks) * p.span;
  for (var i = first; i < min(p.n, first + p.span); i++) {
    let cell = at * p.buckets + h[round * p.n + i];
    let place = offsets[cell];
    offsets[cell] = place + 1u;
    plan[p.order_at + round * p.n + place] = i;
    plan[p.rank_at + round * p.n + i] = place;
  }
}
