// S = Q K^T / sqrt(d), n x n: one invocation an entry. With naive_softmax and naive_matmul: attention.

struct Params {
  n: u32,
  d: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<f32>;
@group(0) @binding(2) var<storage, read> k: array<f32>;
@group(0) @binding(3) var<storage, read_write> s: array<f32>;

@compute @workgroup_size(16, 16)
fn naive_scores(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= p.n || id.x >= p.n) {
    return;
  }
  var sum = 0.0;
  for (var t = 0u; t < p.d; t++) {
    sum += q[id.y * p.d + t] * k[id.x * p.d + t];
  }
  s[id.y * p.n + id.x] = sum / sqrt(f32(p.d));
}
