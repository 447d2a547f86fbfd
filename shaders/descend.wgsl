// Gradient descent over one flat buffer: theta = keep theta - rate g. No state.
// Error: see app/kernels/optimizer.ts.  Test: app/kernels/optimizer.test.ts.
//! use linear

struct Params {
  count: u32,
  rate: f32,
  keep: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> theta: array<f32>;

@compute @workgroup_size(64)
fn descend(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i < p.count) {
    theta[i] = p.keep * theta[i] - p.rate * gradient[i];
  }
}
