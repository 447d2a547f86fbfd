// Modified Gram-Schmidt, first half of step j: r[j][c] = q_j . q_c for c > j over |q_j|, and r[j][j] = |q_j|.
// One invocation a column.

struct Params {
  m: u32,
  n: u32,
  j: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read_write> r: array<f32>;

@compute @workgroup_size(64)
fn naive_dots(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.n) {
    return;
  }
  var dot = 0.0;
  var square = 0.0;
  for (var i = 0u; i < p.m; i++) {
    let x = q[i * p.n + p.j];
    dot += x * q[i * p.n + id.x];
    square += x * x;
  }
  let length = sqrt(square);
  r[p.j * p.n + id.x] = select(dot / length, 0.0, id.x < p.j);
}
