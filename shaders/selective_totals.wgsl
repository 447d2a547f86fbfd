//! use linear
// First step of the selective scan h_t = exp(D_t A) h_(t-1) + D_t B_t x_t, y_t = C_t . h_t (Mamba): of every
// chunk and channel the state at its end, begun from zero, and the sum of D, whose exponential exp(A sum D) is
// the product of all decays.
//   x, D: L x d    A: d x N    B, C: L x N    state: chunks x d x N; N in vec4f, zero-padded
//
// One invocation a chunk of a channel, QUADS vec4f of states from `quad0` on in registers: neighbours in x read
// neighbouring channels, and L x d x N numbers are never in memory. No barrier. Work 8 flop a state and step.
// Source: Gu and Dao 2023, section 3.3. Bound, reference: app/kernels/selective.ts. Test: selective.test.ts.

override QUADS: u32 = 4;
// Few lanes a workgroup where workgroups are shared out among cores, a wave on a GPU.
override LANES: u32 = 64;

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
@group(0) @binding(5) var<storage, read_write> state: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(LANES)
fn selective_totals(
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
  let a0 = a[own];
  var a1 = vec4f();
  var a2 = vec4f();
  var a3 = vec4f();
  if (QUADS > 1) {
    a1 = a[own + 1u];
  }
  if (QUADS > 2) {
    a2 = a[own + 2u];
  }
  if (QUADS > 3) {
    a3 = a[own + 3u];
  }
  var h0 = vec4f();
  var h1 = vec4f();
  var h2 = vec4f();
  var h3 = vec4f();
  var sum = 0.0;
  let last = min((chunk + 1u) * p.chunk, p.steps);
  for (var t = chunk * p.chunk; t < last; t++) {
    let step = delta[t * p.d + channel];
    let input = step * x[t * p.d + channel];
    let row = t * p.quads + p.quad0;
    sum += step;
    h0 = exp(step * a0) * h0 + input * b[row];
    if (QUADS > 1) {
      h1 = exp(step * a1) * h1 + input * b[row + 1u];
    }
    if (QUADS > 2) {
      h2 = exp(step * a2) * h2 + input * b[row + 2u];
    }
    if (QUADS > 3) {
      h3 = exp(step * a3) * h3 + input * b[row + 3u];
    }
  }
  let to = at * p.quads + p.quad0;
  state[to] = h0;
  if (QUADS > 1) {
    state[to + 1u] = h1;
  }
  if (QUADS > 2) {
    state[to + 2u] = h2;
  }
  if (QUADS > 3) {
    state[to + 3u] = h3;
  }
  sums[at] = sum;
}
