// Modified Gram-Schmidt, second half of step j: q_j /= r[j][j], then q_c -= r[j][c] q_j for c > j.
// One invocation a row.

struct Params {
  m: u32,
  n: u32,
  j: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> r: array<f32>;
@group(0) @binding(2) var<storage, read_write> q: array<f32>;

@compute @workgroup_size(64)
fn naive_deflate(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.m) {
    return;
  }
  let at = id.x * p.n;
  let x = q[at + p.j] / r[p.j * p.n + p.j];
  q[at + p.j] = x;
  for (var c = p.j + 1u; c < p.n; c++) {
    q[at + c] -= r[p.j * p.n + c] * x;
  }
}
