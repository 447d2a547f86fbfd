// x_b = z_b / |z_b| and norm_b = |z_b| for every row b of a batch x n matrix; a zero row stays zero.
// One invocation a row: it closes a step of the power iteration, in which rows are few and short.
// Test: app/kernels/spectral.test.ts.

struct Params {
  n: u32,
  batch: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read_write> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> norm: array<f32>;

@compute @workgroup_size(64)
fn normalize_lines(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.batch) {
    return;
  }
  let at = id.x * p.n;
  var largest = 0.0;
  for (var i = 0u; i < p.n; i++) {
    largest = max(largest, abs(z[at + i]));
  }
  // Scaled by the largest entry: squares of small residuals would underflow.
  var sum = 0.0;
  let scale = select(0.0, 1.0 / largest, largest > 0.0);
  for (var i = 0u; i < p.n; i++) {
    let value = z[at + i] * scale;
    sum += value * value;
  }
  let length = largest * sqrt(sum);
  norm[id.x] = length;
  let factor = select(0.0, 1.0 / length, length > 0.0);
  for (var i = 0u; i < p.n; i++) {
    x[at + i] = z[at + i] * factor;
  }
}
