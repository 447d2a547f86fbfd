//! use linear
// The Taylor polynomial of the exponential, entry by entry: out = sum_{t <= degree} x^t / t!, by Horner.
//
// One invocation an entry. Work 3 degree flop. |error| <= (3 degree + 1) 2^-24 sum_t |x|^t / t!.
// Test: app/kernels/monomials.test.ts.

struct Params {
  count: u32,
  degree: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn taylor_exp(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let value = x[i];
  var sum = 1.0;
  for (var t = p.degree; t > 0u; t--) {
    sum = 1.0 + value * sum / f32(t);
  }
  out[i] = sum;
}
