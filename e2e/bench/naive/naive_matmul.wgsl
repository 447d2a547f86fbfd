// C = A B for a batch: one invocation an entry, one accumulator, operands straight from storage.

struct Params {
  m: u32,
  n: u32,
  k: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

@compute @workgroup_size(16, 16)
fn naive_matmul(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= p.m || id.x >= p.n) {
    return;
  }
  let row = (id.z * p.m + id.y) * p.k;
  let col = id.z * p.k * p.n + id.x;
  var sum = 0.0;
  for (var t = 0u; t < p.k; t++) {
    sum += a[row + t] * b[col + t * p.n];
  }
  c[(id.z * p.m + id.y) * p.n + id.x] = sum;
}
