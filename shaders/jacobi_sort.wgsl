// What one-sided Jacobi leaves, put in order: s_j = |b_j|, largest first (ties by index), u_j = b_j / s_j, and the
// rows of V after them. Values not above 1e-18 of the largest, and vectors whose squares vanish, become zero, and
// so do their u_j. info[item] = [sweeps, number of zeros].
//   B: batch x n x m4 vec4s    V: batch x n x v4 vec4s    U: batch x n x m    W: batch x n x v    s: batch x n
//
// A workgroup a row: each invocation ranks the row by itself (n comparisons) and moves every 32nd entry.
// `norms` holds the squares from line_squares.wgsl. Test: app/kernels/jacobi.test.ts.

struct Params {
  n: u32,
  m: u32,
  v: u32,
  batch: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read> squares: array<f32>;
@group(0) @binding(4) var<storage, read> counts: array<f32>;
@group(0) @binding(5) var<storage, read_write> u: array<f32>;
@group(0) @binding(6) var<storage, read_write> s: array<f32>;
@group(0) @binding(7) var<storage, read_write> sorted: array<f32>;
@group(0) @binding(8) var<storage, read_write> info: array<f32>;

@compute @workgroup_size(32)
fn jacobi_sort(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = wid.x;
  let item = wid.y;
  let base = item * p.n;
  let mine = squares[base + row];
  var rank = 0u;
  var largest = 0.0;
  for (var i = 0u; i < p.n; i++) {
    let other = squares[base + i];
    largest = max(largest, other);
    rank += select(0u, 1u, other > mine || (other == mine && i < row));
  }
  let floor = max(1e-36, largest * 1e-36);
  let value = select(0.0, sqrt(mine), mine > floor);
  let inverse = select(0.0, 1.0 / sqrt(mine), mine > floor);
  let pitch_m = (p.m + 3u) / 4u * 4u;
  let pitch_v = (p.v + 3u) / 4u * 4u;
  for (var k = lid.x; k < p.m; k += 32u) {
    u[(base + rank) * p.m + k] = b[(base + row) * pitch_m + k] * inverse;
  }
  for (var k = lid.x; k < p.v; k += 32u) {
    sorted[(base + rank) * p.v + k] = w[(base + row) * pitch_v + k];
  }
  if (lid.x == 0u) {
    s[base + rank] = value;
    if (row == 0u) {
      var zeros = 0u;
      for (var i = 0u; i < p.n; i++) {
        zeros += select(1u, 0u, squares[base + i] > floor);
      }
      info[2u * item] = counts[item];
      info[2u * item + 1u] = f32(zeros);
    }
  }
}
