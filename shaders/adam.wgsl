// Adam over one flat buffer of parameters (Kingma and Ba 2015), moments as (m, v) side by side:
//   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2
//   theta = keep theta - rate (m c1) / (sqrt(v c2) + eps),  c1 = 1 / (1 - b1^t), c2 = 1 / (1 - b2^t)
// keep = 1 is Adam, keep = 1 - rate decay is AdamW (Loshchilov and Hutter 2019). What is small beside one
// (1 - b1, c1, ...) comes from the host, where it is computed in float64.
// Error: see app/kernels/optimizer.ts.  Test: app/kernels/optimizer.test.ts.
//! use linear

struct Params {
  count: u32,
  rate: f32,
  keep: f32,
  b1: f32,
  rest1: f32,
  b2: f32,
  rest2: f32,
  c1: f32,
  c2: f32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> theta: array<f32>;
@group(0) @binding(3) var<storage, read_write> moments: array<vec2f>;

@compute @workgroup_size(64)
fn adam(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let g = gradient[i];
  let m = p.b1 * moments[i].x + p.rest1 * g;
  let v = p.b2 * moments[i].y + p.rest2 * (g * g);
  moments[i] = vec2f(m, v);
  theta[i] = p.keep * theta[i] - p.rate * ((m * p.c1) / (sqrt(v * p.c2) + p.eps));
}
