// counts[x] += 1 for every entry x below `bins` <= 2048: a workgroup counts 16384 entries in its own memory and
// adds the sums at the end. counts must be zero before. Exact.
// Reference: app/kernels/histogram.ts. Test: app/kernels/histogram.test.ts.

struct Params {
  size: u32,
  bins: u32,
  each: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> counts: array<atomic<u32>>;

var<workgroup> own: array<atomic<u32>, 2048>;

@compute @workgroup_size(256)
fn histogram_workgroup(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  for (var b = lid.x; b < p.bins; b += 256u) {
    atomicStore(&own[b], 0u);
  }
  workgroupBarrier();
  let first = wid.x * 16384u;
  for (var i = first + lid.x; i < min(p.size, first + 16384u); i += 256u) {
    if (x[i] < p.bins) {
      atomicAdd(&own[x[i]], 1u);
    }
  }
  workgroupBarrier();
  for (var b = lid.x; b < p.bins; b += 256u) {
    let count = atomicLoad(&own[b]);
    if (count > 0u) {
      atomicAdd(&counts[b], count);
    }
  }
}
