//! use linear
//! use elementary
// Convolution kernels of real diagonal systems: K_ck = sum_n w_cn exp(k rate_cn), k < L, rates <= 0.
//   w, rate: d x N    K: d x L
//
// One invocation an entry. The rounding of k rate is harmless: x exp(-x) u is at most 0.4 u.
// |error| <= (N + 8) u sum |w|. Reference: app/kernels/gate.ts. Test: app/kernels/gate.test.ts.

struct Params {
  steps: u32,
  states: u32,
  count: u32, // d * L
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read> rate: array<f32>;
@group(0) @binding(3) var<storage, read_write> k: array<f32>;

@compute @workgroup_size(64)
fn diagonal_kernel(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  let channel = at / p.steps;
  let lag = f32(at - channel * p.steps);
  var sum = 0.0;
  for (var n = channel * p.states; n < (channel + 1u) * p.states; n++) {
    sum += w[n] * exp_accurate(lag * rate[n]);
  }
  k[at] = sum;
}
