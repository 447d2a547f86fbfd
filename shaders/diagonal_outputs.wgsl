//! use modes
// Last step of the diagonal state space scan: every chunk of every channel from the state with which it begins
// (from zero without CARRY), y_t = Re sum_n w_n h_n over four modes, added to y from the second four on.
//
// With one chunk this is the step-by-step form. Work 16 flop a complex mode and step. Layout as in
// diagonal_totals.wgsl. Bound, reference: app/kernels/diagonal.ts. Test: app/kernels/diagonal.test.ts.

override CARRY: bool = true;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> a: array<vec4f>;
@group(0) @binding(3) var<storage, read> w: array<vec4f>;
@group(0) @binding(4) var<storage, read> state: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(LANES)
fn diagonal_outputs(
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
  let weight = modes_of(w[modes], w[modes + PARTS - 1u]);
  var h = Modes();
  if (CARRY) {
    let begin = PARTS * (at * p.quads + p.quad);
    h.re = state[begin];
    if (PARTS == 2u) {
      h.im = state[begin + 1u];
    }
  }
  let last = min((chunk + 1u) * p.chunk, p.steps);
  for (var t = chunk * p.chunk; t < last; t++) {
    let i = t * p.d + channel;
    h = advance(decay, h, x[i]);
    var sum = dot(weight.re, h.re);
    if (PARTS == 2u) {
      sum -= dot(weight.im, h.im);
    }
    if (p.quad > 0u) {
      sum += y[i];
    }
    y[i] = sum;
  }
}
