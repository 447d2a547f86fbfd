// Softmax of each row (m x n): one invocation a row, three sweeps.

struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn naive_softmax(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.m) {
    return;
  }
  let at = id.x * p.n;
  var most = x[at];
  for (var j = 1u; j < p.n; j++) {
    most = max(most, x[at + j]);
  }
  var sum = 0.0;
  for (var j = 0u; j < p.n; j++) {
    let e = exp(x[at + j] - most);
    y[at + j] = e;
    sum += e;
  }
  for (var j = 0u; j < p.n; j++) {
    y[at + j] /= sum;
  }
}
