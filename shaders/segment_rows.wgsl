//! use linear
// Row b of the result is the sum of the rows order[starts[b]] ... order[starts[b + 1] - 1] of a, in that order:
// a scatter that adds, without atomics, the same on every run.
//   a: count x width    starts: buckets + 1    out: buckets x width
// |error| <= (terms - 1) u sum |a|. Reference: app/kernels/gather.ts. Test: app/kernels/gather.test.ts.

struct Params {
  buckets: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> order: array<u32>;
@group(0) @binding(3) var<storage, read> starts: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn segment_rows(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.buckets * p.width) {
    return;
  }
  let bucket = i / p.width;
  let column = i % p.width;
  var sum = 0.0;
  for (var j = starts[bucket]; j < starts[bucket + 1u]; j++) {
    sum += a[order[j] * p.width + column];
  }
  out[i] = sum;
}
