// Layer norm (center = 1) or RMS norm of each row (m x n), times gain, plus bias: one invocation a row, three sweeps.

struct Params {
  m: u32,
  n: u32,
  center: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gain: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn naive_norm(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.m) {
    return;
  }
  let at = id.x * p.n;
  var mean = 0.0;
  if (p.center == 1u) {
    for (var j = 0u; j < p.n; j++) {
      mean += x[at + j];
    }
    mean /= f32(p.n);
  }
  var square = 0.0;
  for (var j = 0u; j < p.n; j++) {
    let off = x[at + j] - mean;
    square += off * off;
  }
  let scale = 1.0 / sqrt(square / f32(p.n) + 1e-5);
  for (var j = 0u; j < p.n; j++) {
    y[at + j] = (x[at + j] - mean) * scale * gain[j] + bias[j];
  }
}
