// T = A^T, m x n to n x m: one invocation an entry.

struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> t: array<f32>;

@compute @workgroup_size(16, 16)
fn naive_transpose(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= p.m || id.x >= p.n) {
    return;
  }
  t[id.x * p.m + id.y] = a[id.y * p.n + id.x];
}
