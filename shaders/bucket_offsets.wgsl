// Where the keys of each block and bucket begin in the sorted order: those of lower buckets come before, then those
// of the same bucket in earlier blocks. The second step of a stable counting sort.
//   counts, offsets: rounds x blocks x buckets
//
// One invocation a bucket, which adds up everything before it: blocks x buckets loads. Exact.
// Test: app/kernels/lsh.test.ts.
//! use linear

struct Params {
  buckets: u32,
  blocks: u32,
  total: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read_write> offsets: array<u32>;

@compute @workgroup_size(64)
fn bucket_offsets(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.total) {
    return;
  }
  let round = at / p.buckets;
  let bucket = at - round * p.buckets;
  let begin = round * p.blocks * p.buckets;
  var before = 0u;
  for (var block = 0u; block < p.blocks; block++) {
    for (var b = 0u; b < bucket; b++) {
      before += counts[begin + block * p.buckets + b];
    }
  }
  for (var block = 0u; block < p.blocks; block++) {
    let i = begin + block * p.buckets + bucket;
    offsets[i] = before;
    before += counts[i];
  }
}
