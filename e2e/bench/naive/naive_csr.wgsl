// Sparse A (m rows, compressed) times B (k x n): one invocation an entry of the result.

struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> columns: array<u32>;
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<storage, read> b: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(16, 16)
fn naive_csr(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= p.m || id.x >= p.n) {
    return;
  }
  var sum = 0.0;
  for (var e = starts[id.y]; e < starts[id.y + 1u]; e++) {
    sum += values[e] * b[columns[e] * p.n + id.x];
  }
  y[id.y * p.n + id.x] = sum;
}
