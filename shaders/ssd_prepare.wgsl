//! use linear
// The scalar decays of a state space dual model, by chunk and head: cum_i = sum of l_k over k <= i within the
// chunk, l = rate_head D. Steps beyond L decay by 0 and take no input.
//   D: L x dt_cols, the head's column is head * dt_step    cum: chunks x heads x q
//
// One invocation a chunk of a head; sums in groups of 16. A log decay below -80 counts as -80: its exponential
// is 0 in float32 either way, and infinities would cancel to NaN.
// Reference: app/kernels/ssd.ts. Test: app/kernels/ssd.test.ts.

struct Params {
  steps: u32,
  q: u32,
  heads: u32, // of this call
  head0: u32,
  dt_cols: u32,
  dt_step: u32,
  count: u32, // chunks * heads
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> delta: array<f32>;
@group(0) @binding(2) var<storage, read> rate: array<f32>;
@group(0) @binding(3) var<storage, read_write> cum: array<f32>;

@compute @workgroup_size(64)
fn ssd_prepare(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let chunk = at / p.heads;
  let head = p.head0 + at - chunk * p.heads;
  var total = 0.0;
  var group = 0.0;
  for (var i = 0u; i < p.q; i++) {
    let t = chunk * p.q + i;
    if (t < p.steps) {
      group += max(rate[head] * delta[t * p.dt_cols + head * p.dt_step], -80.0);
    }
    cum[at * p.q + i] = total + group;
    if ((i & 15u) == 15u) {
      total += group;
      group = 0.0;
    }
  }
}
