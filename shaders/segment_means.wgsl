// Means of r consecutive segments of rows: segment g is rows floor(g n / r) .. floor((g + 1) n / r) - 1.
//   x: batch x n x d    y: batch x r x d
//
// One invocation an entry of y. Work n d flop. |error| <= (n / r + 2) 2^-24 of the mean of |x|.
// Reference: app/kernels/segments.ts. Test: app/kernels/features.test.ts.
//! use linear

struct Params {
  n: u32,
  d: u32,
  r: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn segment_means(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let line = at / p.d;
  let c = at - line * p.d;
  let item = line / p.r;
  let g = line - item * p.r;
  // n r stays below 2^32: r <= n <= 65535.
  let first = g * p.n / p.r;
  let end = (g + 1u) * p.n / p.r;
  var sum = 0.0;
  for (var i = first; i < end; i++) {
    sum += x[(item * p.n + i) * p.d + c];
  }
  y[at] = sum / f32(end - first);
}
