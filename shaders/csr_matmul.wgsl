//! use linear
// Y = A B, A sparse in CSR (m x k), B dense (k x n).
//   starts: m + 1    columns, values: nonzeros    b: k x n    y: m x n
// One invocation four columns of a row of Y: each nonzero is read once for four products, and neighbours read
// neighbours of B. In order: |error| <= (nonzeros of the row) u |A||B|. Work 2 nnz n flop.
// Reference: app/kernels/sparse.ts. Test: app/kernels/sparse.test.ts.

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

@compute @workgroup_size(64)
fn csr_matmul(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let fours = (p.n + 3u) / 4u;
  let i = linear_index(wid, nwg, lid);
  if (i >= p.m * fours) {
    return;
  }
  let row = i / fours;
  let col = (i % fours) * 4u;
  let cols = min(col + vec4u(0u, 1u, 2u, 3u), vec4u(p.n - 1u));
  var sum = vec4f(0.0);
  for (var e = starts[row]; e < starts[row + 1u]; e++) {
    let at = columns[e] * p.n + cols;
    sum += values[e] * vec4f(b[at.x], b[at.y], b[at.z], b[at.w]);
  }
  for (var j = 0u; j < min(4u, p.n - col); j++) {
    y[row * p.n + col + j] = sum[j];
  }
}
