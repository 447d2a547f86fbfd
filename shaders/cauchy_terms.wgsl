//! use complex
//! use linear
// b_k / (s_f - mu_k) for every frequency f and pole k.
//   s: frequencies x 4, mu: poles x 4 (real part in two floats, then the imaginary part)    b: poles    out: F x N
//
// Numbers come as high + low part: beside a pole s - mu is far smaller than either, and a single float32 of size
// 10^3 would leave it 4 digits. |error| <= 24 * 2^-24 |out|.
// One invocation an entry, about 20 flop. Test: app/kernels/cauchy.test.ts.

struct Params {
  count: u32,
  modes: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> s: array<vec4f>;
@group(0) @binding(2) var<storage, read> mu: array<vec4f>;
@group(0) @binding(3) var<storage, read> b: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> out: array<vec2f>;

@compute @workgroup_size(64)
fn cauchy_terms(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let row = i / p.modes;
  let mode = i - row * p.modes;
  let point = s[row];
  let pole = mu[mode];
  let difference = (point.xz - pole.xz) + (point.yw - pole.yw);
  out[i] = cdiv(b[mode], difference);
}
