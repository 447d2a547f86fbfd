//! use complex
//! use linear
// S4's generating function: the DFT of the kernel of a diagonal plus low-rank system, as Cauchy sums.
//   tangent: tan(pi k / L) for k < count, a float64 table    poles: m rows of 10    out: count, complex
//
// With g = i gamma, gamma = (2/dt) tan(pi k / L), every conjugate pair of poles adds to each of four sums
//   2 (Re(r) g - Re(r conj(lam))) / (g^2 - 2 Re(lam) g + |lam|^2);
// a row of `poles` holds Re(lam), Im(lam), then alpha_0..3 = 2 Re(r) and beta_0..3 = 2 Re(r conj(lam)) of
// the numerators r = ct b, ct p, conj(p) b, conj(p) p. Woodbury then gives
//   out_k = (1 + i tan(pi k / L)) (k00 - k01 k10 / (1 + k11)),
// and at z = -1 (k = last) the limit, given by the host.
//
// |lam|^2 - gamma^2 is taken as (w - gamma)(w + gamma) + Re(lam)^2: near a pole the square would cancel.
// One invocation a frequency. Work about 36 m flop each.
// Error: that of the sums, (m + 8) 2^-24 times the absolute terms, times 1 + 2 gamma / |g - lam| for the
// rounding of gamma and w; carried through Woodbury. Source: Gu, Goel, Re 2022 (arXiv:2111.00396), appendix C.

struct Params {
  count: u32,
  modes: u32,
  last: u32,
  two_over_dt: f32,
  limit: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> tangent: array<f32>;
@group(0) @binding(2) var<storage, read> poles: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<vec2f>;

@compute @workgroup_size(64)
fn dplr_transfer(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let k = linear_index(wid, nwg, lid);
  if (k >= p.count) {
    return;
  }
  if (k == p.last) {
    out[k] = vec2f(p.limit, 0.0);
    return;
  }
  let t = tangent[k];
  let gamma = p.two_over_dt * t;
  var re = vec4f();
  var im = vec4f();
  for (var j = 0u; j < p.modes; j++) {
    let at = j * 10u;
    let sigma = poles[at];
    let w = poles[at + 1u];
    let alpha = vec4f(poles[at + 2u], poles[at + 3u], poles[at + 4u], poles[at + 5u]);
    let beta = vec4f(poles[at + 6u], poles[at + 7u], poles[at + 8u], poles[at + 9u]);
    let d = vec2f((w - gamma) * (w + gamma) + sigma * sigma, -2.0 * sigma * gamma);
    let inverse = vec2f(d.x, -d.y) / dot(d, d);
    re -= beta * inverse.x + gamma * alpha * inverse.y;
    im += gamma * alpha * inverse.x - beta * inverse.y;
  }
  let cross = cmul(vec2f(re.y, im.y), vec2f(re.z, im.z));
  let sum = vec2f(re.x, im.x) - cdiv(cross, vec2f(1.0 + re.w, im.w));
  out[k] = cmul(vec2f(1.0, t), sum);
}
