// The direction of Adam without its bias correction: the moments (m, v), side by side, take in the gradient r, and
//   n = m / (sqrt(v) + eps)
// (Kingma and Ba 2015; the form of GaLore and Fira, which correct the bias of the whole update at once.)
//
//   r, n: count    moments: count pairs, updated in place
//
// Error: see app/kernels/projected.ts. Test: app/kernels/projected.test.ts.
//! use linear

struct Params {
  count: u32,
  b1: f32,
  rest1: f32,
  b2: f32,
  rest2: f32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> r: array<f32>;
@group(0) @binding(2) var<storage, read_write> moments: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> n: array<f32>;

@compute @workgroup_size(64)
fn adam_direction(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let g = r[i];
  let m = p.b1 * moments[i].x + p.rest1 * g;
  let v = p.b2 * moments[i].y + p.rest2 * (g * g);
  moments[i] = vec2f(m, v);
  n[i] = m / (sqrt(v) + p.eps);
}
