//! use complex
//! use linear
// The response of HiPPO-LegS, (s - A)^-1 B, in closed form at s = i w, and its companion T.
//   omega: frequencies    response: F x N, complex    companion: F, complex
//
//   R_n = sqrt(2n+1) r_n, r_0 = 1/(s+1), r_n = r_{n-1} (s - n + 1)/(s + n + 1);  T = prod_k (s - k)/(s + k + 1).
// Each factor has modulus at most 1 on the imaginary axis, so nothing grows; n factors with 20 roundings each:
// |error| <= (24 n + 24) 2^-24 |R_n|.
// One invocation a frequency. Work about 50 N flop. Source: Yu et al. 2024 (arXiv:2310.01698).

struct Params {
  count: u32,
  states: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> omega: array<f32>;
@group(0) @binding(2) var<storage, read_write> response: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> companion: array<vec2f>;

@compute @workgroup_size(64)
fn legs_response(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let f = linear_index(wid, nwg, lid);
  if (f >= p.count) {
    return;
  }
  let w = omega[f];
  var r = cdiv(vec2f(1.0, 0.0), vec2f(1.0, w));
  var t = vec2f(1.0, 0.0);
  for (var n = 0u; n < p.states; n++) {
    let order = f32(n);
    if (n > 0u) {
      r = cmul(r, cdiv(vec2f(1.0 - order, w), vec2f(order + 1.0, w)));
    }
    response[f * p.states + n] = sqrt(2.0 * order + 1.0) * r;
    t = cmul(t, cdiv(vec2f(-order, w), vec2f(order + 1.0, w)));
  }
  companion[f] = t;
}
