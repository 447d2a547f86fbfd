//! use linear
// The selective scan as pairs for any scan: a_tcn = exp(D_tc A_cn), b_tcn = D_tc B_tn x_tc, L x lanes for the
// lanes (channel, state) from lane0 on. Without VARYING the system does not change with time: a is A itself
// (already discretised), b is the input factor B_cn times x_tc.
//   x, D: L x d    A: d x N    B: L x N, or d x N without VARYING
//
// One invocation 16 steps of a lane. Reference: app/kernels/pairs.ts. Test: app/kernels/pairs.test.ts.

override VARYING: bool = true;

struct Params {
  d: u32,
  states: u32,
  lane0: u32,
  lanes: u32,
  steps: u32, // L
  count: u32, // ceil(L / 16) * lanes
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> delta: array<f32>;
@group(0) @binding(3) var<storage, read> rate: array<f32>;
@group(0) @binding(4) var<storage, read> input: array<f32>;
@group(0) @binding(5) var<storage, read_write> a: array<f32>;
@group(0) @binding(6) var<storage, read_write> b: array<f32>;

@compute @workgroup_size(64)
fn selective_pairs(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  let block = at / p.lanes;
  let column = at - block * p.lanes;
  let lane = p.lane0 + column;
  let channel = lane / p.states;
  let own = lane - channel * p.states;
  let r = rate[lane];
  let last = min(16u * block + 16u, p.steps);
  if (VARYING) {
    for (var t = 16u * block; t < last; t++) {
      let step = delta[t * p.d + channel];
      a[t * p.lanes + column] = exp(step * r);
      b[t * p.lanes + column] = step * x[t * p.d + channel] * input[t * p.states + own];
    }
  } else {
    let g = input[lane];
    for (var t = 16u * block; t < last; t++) {
      a[t * p.lanes + column] = r;
      b[t * p.lanes + column] = x[t * p.d + channel] * g;
    }
  }
}
