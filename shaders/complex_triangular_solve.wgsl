// Solves L X = B for a batch of complex triangular systems, L n x n, by forward substitution; signed strides turn an
// upper, transposed or adjoint triangle, or one on the right, into this one.
//   L_ik = t[t_first + i t_row + k t_col], conjugated where sign = -1
//   X_ic = x[x_first + i x_step + c x_line], B likewise
//
// An invocation owns one right side, which nobody else reads: no barrier. Work 4 n^2 flop a right side. Row-wise
// backward stable: (L + dL) x = b with |dL| <= gamma_(2 n + 12) |L| (Higham 2002, theorem 8.5 and section 3.6).
// Reference: app/math/complexfactors.ts. Test: app/kernels/complexfactors.test.ts.
//! use complex

struct Params {
  n: u32,
  lines: u32,
  batch: u32,
  t_first: i32,
  t_row: i32,
  t_col: i32,
  t_batch: i32,
  x_first: i32,
  x_step: i32,
  x_line: i32,
  x_batch: i32,
  sign: f32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> t: array<vec2f>;
@group(0) @binding(2) var<storage, read> b: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> x: array<vec2f>;

@compute @workgroup_size(32)
fn complex_triangular_solve(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let line = (wid.y + p.group0) * 32u + lid.x;
  if (line >= p.lines) {
    return;
  }
  let item = i32(wid.z);
  let at_t = p.t_first + item * p.t_batch;
  let at_x = p.x_first + item * p.x_batch + i32(line) * p.x_line;
  let turn = vec2f(1.0, p.sign);
  for (var i = 0; i < i32(p.n); i++) {
    var sum = vec2f();
    for (var k = 0; k < i; k++) {
      sum = cfma(turn * t[at_t + i * p.t_row + k * p.t_col], x[at_x + k * p.x_step], sum);
    }
    let here = at_x + i * p.x_step;
    x[here] = cdiv(b[here] - sum, turn * t[at_t + i * (p.t_row + p.t_col)]);
  }
}
