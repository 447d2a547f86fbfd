//! use linear
// y_tc = sum_n C h_tcn: outputs from states h, L x lanes with the states of a channel side by side. C_tn with
// VARYING (L x N, shared by channels), else C_cn (d x N). `channel0` is the channel of the first lane.
//
// One invocation an output. |error| <= (N + 1) u sum |C||h|. Reference: app/kernels/pairs.ts. Test: pairs.test.ts.

override VARYING: bool = true;

struct Params {
  d: u32, // channels in y
  states: u32,
  channel0: u32,
  channels: u32, // in h
  count: u32, // L * channels
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> h: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn contract_states(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  let t = at / p.channels;
  let channel = p.channel0 + at - t * p.channels;
  let row = select(channel, t, VARYING) * p.states;
  var sum = 0.0;
  for (var n = 0u; n < p.states; n++) {
    sum += c[row + n] * h[at * p.states + n];
  }
  y[t * p.d + channel] = sum;
}
