//! use linear
// The bin of every entry: floor((x - low) factor) within [low, high], `bins` (so none) outside and for NaN. The
// upper end belongs to the last bin.
// Reference: app/kernels/histogram.ts, in the same float32 steps. Test: app/kernels/histogram.test.ts.

struct Params {
  size: u32,
  bins: u32,
  low: f32,
  high: f32,
  factor: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> bin: array<u32>;

@compute @workgroup_size(64)
fn bin_indices(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.size) {
    return;
  }
  let value = x[i];
  var at = p.bins;
  // The comparison is false for NaN.
  if (value >= p.low && value <= p.high) {
    at = min(u32((value - p.low) * p.factor), p.bins - 1u);
  }
  bin[i] = at;
}
