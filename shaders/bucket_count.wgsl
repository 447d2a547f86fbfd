// How many of each block of `span` keys fall into each bucket: the first of three steps of a stable counting sort.
//   h: rounds x n (bucket of each key)    counts: rounds x blocks x buckets
//
// One invocation a block. Exact. Test: app/kernels/lsh.test.ts.
//! use linear

struct Params {
  n: u32,
  buckets: u32,
  blocks: u32,
  span: u32,
  total: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> h: array<u32>;
@group(0) @binding(2) var<storage, read_write> counts: array<u32>;

@compute @workgroup_size(64)
fn bucket_count(
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
  for (var b = 0u; b < p.buckets; b++) {
    counts[at * p.buckets + b] = 0u;
  }
  for (var i = first; i < min(p.n, first + p.span); i++) {
    counts[at * p.buckets + h[round * p.n + i]] += 1u;
  }
}
