//! use modes
// First step of the diagonal state space scan h_t = a h_(t-1) + x_t, y_t = Re sum_n w_n h_n: the states at the end
// of every chunk, begun from zero.   x: L x d    a, w: d x N    state: chunks x d x N
//
// One invocation a chunk of a channel, four modes from `quad` on in registers; neighbours read neighbouring
// channels. No barrier. Source: Gu, Goel, Re 2022; Smith et al. 2023. Bound, reference: app/kernels/diagonal.ts.
// Test: app/kernels/diagonal.test.ts.

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> a: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> state: array<vec4f>;

@compute @workgroup_size(LANES)
fn diagonal_totals(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = ((wid.y + p.group0) * nwg.x + wid.x) * LANES + lid.x;
  if (at >= p.count) {
    return;
  }
  let chunk = at / p.d;
  let channel = at - chunk * p.d;
  let modes = PARTS * (channel * p.quads + p.quad);
  let decay = modes_of(a[modes], a[modes + PARTS - 1u]);
  var h = Modes();
  let last = min((chunk + 1u) * p.chunk, p.steps);
  for (var t = chunk * p.chunk; t < last; t++) {
    h = advance(decay, h, x[t * p.d + channel]);
  }
  let to = PARTS * (at * p.quads + p.quad);
  state[to] = h.re;
  if (PARTS == 2u) {
    state[to + 1u] = h.im;
  }
}
