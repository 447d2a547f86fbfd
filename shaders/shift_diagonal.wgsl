// B = A + c I of symmetric matrices, c >= 0 such that B is positive semidefinite: by Gershgorin's circles or the
// Frobenius norm, whichever asks for less. The mean of a_ij and a_ji is taken, so that B is symmetric exactly.
//   A, B: batch x n x n    bounds: batch x n x 2, [a_ii - sum_(j != i) |a_ij|, sum_j a_ij^2] of every row
//   shifts: batch
//
// stage 0: an invocation a row finds its bounds. stage 1: it joins those of all rows and writes its row of B.
// Test: app/kernels/eigh.test.ts.
//! use linear

struct Params {
  n: u32,
  batch: u32,
  stage: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> bounds: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> shifts: array<f32>;
@group(0) @binding(4) var<storage, read_write> b: array<f32>;

@compute @workgroup_size(64)
fn shift_diagonal(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.batch * p.n) {
    return;
  }
  let item = at / p.n;
  let row = at - item * p.n;
  let base = item * p.n * p.n;
  if (p.stage == 0u) {
    var bound = vec2f();
    for (var j = 0u; j < p.n; j++) {
      let value = 0.5 * (a[base + row * p.n + j] + a[base + j * p.n + row]);
      bound += vec2f(select(-abs(value), value, j == row), value * value);
    }
    bounds[at] = bound;
    return;
  }
  var lowest = 0.0;
  var square = 0.0;
  for (var i = 0u; i < p.n; i++) {
    let bound = bounds[item * p.n + i];
    lowest = min(lowest, bound.x);
    square += bound.y;
  }
  let shift = min(-lowest, sqrt(square));
  for (var j = 0u; j < p.n; j++) {
    let value = 0.5 * (a[base + row * p.n + j] + a[base + j * p.n + row]);
    b[base + row * p.n + j] = value + select(0.0, shift, j == row);
  }
  if (row == 0u) {
    shifts[item] = shift;
  }
}
