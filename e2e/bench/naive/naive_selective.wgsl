// Selective scan, step by step: one invocation a channel, its (at most 16) states in private memory.

struct Params {
  steps: u32,
  d: u32,
  states: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> delta: array<f32>;
@group(0) @binding(3) var<storage, read> a: array<f32>;
@group(0) @binding(4) var<storage, read> b: array<f32>;
@group(0) @binding(5) var<storage, read> c: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(4)
fn naive_selective(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.d) {
    return;
  }
  var h: array<f32, 16>;
  for (var t = 0u; t < p.steps; t++) {
    let i = t * p.d + id.x;
    var sum = 0.0;
    for (var s = 0u; s < p.states; s++) {
      let at = t * p.states + s;
      h[s] = exp(delta[i] * a[id.x * p.states + s]) * h[s] + delta[i] * b[at] * x[i];
      sum += c[at] * h[s];
    }
    y[i] = sum;
  }
}
