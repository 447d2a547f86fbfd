//! use linear
// counts[x] += 1 for every entry x below `bins`, by atomics in memory; counts must be zero before. Entries of
// `bins` or more count nowhere. Exact, whatever the order.
// One invocation takes `each` entries that follow one another and adds runs of equal ones at once.
// Reference: app/kernels/histogram.ts. Test: app/kernels/histogram.test.ts.

struct Params {
  size: u32,
  bins: u32,
  each: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> counts: array<atomic<u32>>;

@compute @workgroup_size(64)
fn histogram(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let first = linear_index(wid, nwg, lid) * p.each;
  if (first >= p.size) {
    return;
  }
  var run = 0u;
  var value = x[first];
  for (var i = first; i < min(p.size, first + p.each); i++) {
    if (x[i] != value) {
      if (value < p.bins) {
        atomicAdd(&counts[value], run);
      }
      value = x[i];
      run = 0u;
    }
    run++;
  }
  if (value < p.bins) {
    atomicAdd(&counts[value], run);
  }
}
