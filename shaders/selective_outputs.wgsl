//! use linear
// Last step of the selective scan: every chunk of every channel runs from the state with which it begins (from
// zero without CARRY), and y_t = C_t . h_t leaves; `accumulate` adds to the y of the states before quad0.
// Layout as in selective_totals.wgsl.
//
// One invocation a chunk of a channel. With one chunk this is the step-by-step form. Work 10 flop a state and
// step. Bound, reference: app/kernels/selective.ts. Test: app/kernels/selective.test.ts.

override QUADS: u32 = 4;
// Few lanes a workgroup where workgroups are shared out among cores, a wave on a GPU.
override LANES: u32 = 64;
override CARRY: bool = true;

struct Params {
  steps: u32, // L
  d: u32,
  quads: u32, // N / 4
  quad0: u32,
  chunk: u32,
  chunks: u32,
  count: u32, // chunks * d
  accumulate: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> delta: array<f32>;
@group(0) @binding(3) var<storage, read> a: array<vec4f>;
@group(0) @binding(4) var<storage, read> b: array<vec4f>;
@group(0) @binding(5) var<storage, read> c: array<vec4f>;
@group(0) @binding(6) var<storage, read> state: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(LANES)
fn selective_outputs(
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
  let own = channel * p.quads + p.quad0;
  let begin = at * p.quads + p.quad0;
  let a0 = a[own];
  var a1 = vec4f();
  var a2 = vec4f();
  var a3 = vec4f();
  var h0 = vec4f();
  var h1 = vec4f();
  var h2 = vec4f();
  var h3 = vec4f();
  if (QUADS > 1) {
    a1 = a[own + 1u];
  }
  if (QUADS > 2) {
    a2 = a[own + 2u];
  }
  if (QUADS > 3) {
    a3 = a[own + 3u];
  }
  if (CARRY) {
    h0 = state[begin];
    if (QUADS > 1) {
      h1 = state[begin + 1u];
    }
    if (QUADS > 2) {
      h2 = state[begin + 2u];
    }
    if (QUADS > 3) {
      h3 = state[begin + 3u];
    }
  }
  let last = min((chunk + 1u) * p.chunk, p.steps);
  for (var t = chunk * p.chunk; t < last; t++) {
    let i = t * p.d + channel;
    let step = delta[i];
    let input = step * x[i];
    let row = t * p.quads + p.quad0;
    h0 = exp(step * a0) * h0 + input * b[row];
    var sum = dot(h0, c[row]);
    if (QUADS > 1) {
      h1 = exp(step * a1) * h1 + input * b[row + 1u];
      sum += dot(h1, c[row + 1u]);
    }
    if (QUADS > 2) {
      h2 = exp(step * a2) * h2 + input * b[row + 2u];
      sum += dot(h2, c[row + 2u]);
    }
    if (QUADS > 3) {
      h3 = exp(step * a3) * h3 + input * b[row + 3u];
      sum += dot(h3, c[row + 3u]);
    }
    if (p.accumulate == 1u) {
      sum += y[i];
    }
    y[i] = sum;
  }
}
