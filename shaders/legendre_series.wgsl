//! use linear
// sum_n coefficient_n P_n(z_j): a function from its Legendre coefficients, at many points.
//   y: |z_j| = 1 - 2 y_j    flip: 1 where z_j is negative, else 0    coefficient: terms    out: count
//
// The recurrence runs over differences of neighbours (Reinsch): d <- (n d - 2 (2n+1) y P_n) / (n+1). Near the ends
// of [-1, 1], where P_n turns fastest, it keeps the digits of y. P_n(-z) = (-1)^n P_n(z).
// One invocation a point. Work 8 terms flop.
// Error: a perturbation of d stays as large as it was and adds up, so |error of P_n| <= 6 (n+1)^2 2^-24.
// Reference: app/math/hippo.ts. Test: app/kernels/vandermonde.test.ts.

struct Params {
  count: u32,
  terms: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> flip: array<f32>;
@group(0) @binding(3) var<storage, read> coefficient: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn legendre_series(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let j = linear_index(wid, nwg, lid);
  if (j >= p.count) {
    return;
  }
  let side = 1.0 - 2.0 * flip[j];
  var sign = 1.0;
  var value = 1.0;
  var difference = 0.0;
  var sum = 0.0;
  for (var n = 0u; n < p.terms; n++) {
    sum += coefficient[n] * sign * value;
    let order = f32(n);
    difference = (order * difference - (4.0 * order + 2.0) * y[j] * value) / (order + 1.0);
    value += difference;
    sign *= side;
  }
  out[j] = sum;
}
