//! use linear
// Entry by entry product: out = x y, or out_ij = x_ij (y_ij - s_i) where `by_row` is 1 (the backward step of softmax).
//   x, y: rows x n    s: rows    out: rows x n
//
// One invocation an entry; one rounding, or two of (|y| + |s|) |x|. Test: app/kernels/monomials.test.ts.

struct Params {
  n: u32,
  count: u32,
  by_row: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read> s: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn entry_product(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  var factor = y[i];
  if (p.by_row == 1u) {
    factor -= s[i / p.n];
  }
  out[i] = x[i] * factor;
}
