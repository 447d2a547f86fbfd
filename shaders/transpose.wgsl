// T = A^T for a batch of row-major float32 matrices: A m x n, T n x m.
//
// One invocation turns a 4 x 4 block in registers: four reads of four neighbours, four writes of four
// neighbours, no workgroup memory. Reference: app/math/linalg.ts. Test: app/kernels/dense.test.ts.

struct Params {
  m: u32,
  n: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> t: array<f32>;

@compute @workgroup_size(8, 8)
fn transpose(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = ((wid.y + p.group0) * 8u + lid.y) * 4u;
  let col = (wid.x * 8u + lid.x) * 4u;
  if (row >= p.m || col >= p.n) {
    return;
  }
  let at = wid.z * p.m * p.n;
  var block: mat4x4f;
  for (var i = 0u; i < 4u; i++) {
    let source = at + min(row + i, p.m - 1u) * p.n;
    for (var j = 0u; j < 4u; j++) {
      block[j][i] = a[source + min(col + j, p.n - 1u)];
    }
  }
  for (var j = 0u; j < min(4u, p.n - col); j++) {
    let target_at = at + (col + j) * p.m + row;
    for (var i = 0u; i < min(4u, p.m - row); i++) {
      t[target_at + i] = block[j][i];
    }
  }
}
