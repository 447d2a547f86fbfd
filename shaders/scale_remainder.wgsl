// s = phi d, line by line, and the sum of squares of every row of s, which the growth limiter adds up.
//
//   d, s: rows x cols    phi: rows, or cols where by_row is 0    squares: rows
//
// One invocation a row. |error of squares| <= (cols + 3) 2^-24 squares.
// Reference: app/kernels/projected.ts. Test: app/kernels/projected.test.ts.
//! use linear

struct Params {
  rows: u32,
  cols: u32,
  by_row: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> d: array<f32>;
@group(0) @binding(2) var<storage, read> phi: array<f32>;
@group(0) @binding(3) var<storage, read_write> s: array<f32>;
@group(0) @binding(4) var<storage, read_write> squares: array<f32>;

@compute @workgroup_size(64)
fn scale_remainder(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.rows) {
    return;
  }
  var sum = 0.0;
  for (var j = 0u; j < p.cols; j++) {
    let value = d[i * p.cols + j] * phi[select(j, i, p.by_row == 1u)];
    s[i * p.cols + j] = value;
    sum += value * value;
  }
  squares[i] = sum;
}
