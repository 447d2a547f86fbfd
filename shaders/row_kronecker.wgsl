//! use linear
// Row-wise Kronecker product: out_i,(a q + b) = x_ia y_ib.
//   x: n x m    y: n x q    out: n x m q
//
// One invocation an entry, one rounding. Test: app/kernels/monomials.test.ts.

struct Params {
  m: u32,
  q: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn row_kronecker(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let width = p.m * p.q;
  let row = i / width;
  let col = i - row * width;
  out[i] = x[row * p.m + col / p.q] * y[row * p.q + col % p.q];
}
