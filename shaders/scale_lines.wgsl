// C_ij = A_ij s_j (by_row = 0) or A_ij s_i (by_row = 1): A diag(s) or diag(s) A, for an m x n matrix.
// Test: app/kernels/dense.test.ts.
//! use linear

struct Params {
  n: u32,
  count: u32,
  by_row: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> s: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

@compute @workgroup_size(64)
fn scale_lines(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at < p.count) {
    let row = at / p.n;
    c[at] = a[at] * s[select(at - row * p.n, row, p.by_row == 1u)];
  }
}
