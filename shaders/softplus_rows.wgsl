//! use linear
//! use elementary
// y = log(1 + exp(x + bias)), the bias by column: the step sizes of a selective model, whose small values keep
// their digits. |error| <= 12 u y plus that of the sum. Reference: app/kernels/gate.ts. Test: gate.test.ts.

struct Params {
  cols: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn softplus_rows(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at < p.count) {
    y[at] = softplus(x[at] + bias[at % p.cols]);
  }
}
