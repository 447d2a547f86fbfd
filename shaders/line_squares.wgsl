// squares[i] = |x_i|^2 of the rows of X, padded to whole vec4s: one invocation a row, in four accumulators each.
//   X: rows x m4 vec4s
// Relative error <= gamma_(m4 + 3). Test: app/kernels/jacobi.test.ts.
//! use linear

struct Params {
  rows: u32,
  m4: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> squares: array<f32>;

@compute @workgroup_size(64)
fn line_squares(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let row = linear_index(wid, nwg, lid);
  if (row >= p.rows) {
    return;
  }
  var sum = vec4f();
  for (var k = 0u; k < p.m4; k++) {
    let value = x[row * p.m4 + k];
    sum += value * value;
  }
  squares[row] = (sum.x + sum.y) + (sum.z + sum.w);
}
