// Y = A B, A sparse in CSR (m x k), B dense (k x n): csr_matmul.wgsl for GPUs on which workgroup memory is fast.
//   starts: m + 1    columns, values: nonzeros    b: k x n    y: m x n
//
// A workgroup of 16 x 4 takes four rows of Y and 64 of its columns, four an invocation. The lanes of a row stage its
// next 16 nonzeros in workgroup memory, neighbours reading neighbours, then all go through them together. Rows that
// are done wait for the longest of the four.
// Same order of summation: |error| <= (nonzeros of the row) u |A||B|. Work 2 nnz n flop.
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

var<workgroup> places: array<u32, 64>;
var<workgroup> factors: array<f32, 64>;

@compute @workgroup_size(16, 4)
fn csr_tiled(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let first = 4u * (wid.y * nwg.x + wid.x);
  var longest = 0u;
  for (var r = first; r < min(first + 4u, p.m); r++) {
    longest = max(longest, starts[r + 1u] - starts[r]);
  }
  let row = first + lid.y;
  let begin = starts[min(row, p.m)];
  let end = starts[min(row + 1u, p.m)];
  let own = 16u * lid.y;
  let col = 4u * (16u * wid.z + lid.x);
  let cols = min(col + vec4u(0u, 1u, 2u, 3u), vec4u(p.n - 1u));
  var sum = vec4f();
  for (var step = 0u; step < longest; step += 16u) {
    let entry = begin + step + lid.x;
    if (entry < end) {
      places[own + lid.x] = columns[entry] * p.n;
      factors[own + lid.x] = values[entry];
    }
    workgroupBarrier();
    let count = min(16u, max(end, begin + step) - (begin + step));
    for (var e = own; e < own + count; e++) {
      let at = places[e] + cols;
      sum += factors[e] * vec4f(b[at.x], b[at.y], b[at.z], b[at.w]);
    }
    workgroupBarrier();
  }
  if (row < p.m) {
    for (var j = 0u; j < 4u; j++) {
      if (col + j < p.n) {
        y[row * p.n + col + j] = sum[j];
      }
    }
  }
}
