// Gradient descent with momentum over one flat buffer: v = mu v + g, theta = keep theta - rate v. Without
// momentum (mu = 0) it is plain gradient descent, and v the last gradient.
// Error: see app/kernels/optimizer.ts.  Test: app/kernels/optimizer.test.ts.
//! use linear

struct Params {
  count: u32,
  rate: f32,
  keep: f32,
  mu: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> theta: array<f32>;
@group(0) @binding(3) var<storage, read_write> velocity: array<f32>;

@compute @workgroup_size(64)
fn momentum(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i < p.count) {
    let v = p.mu * velocity[i] + gradient[i];
    velocity[i] = v;
    theta[i] = p.keep * theta[i] - p.rate * v;
  }
}
