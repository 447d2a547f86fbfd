// Cholesky factorization G = R^T R and the inverse of R for a batch of symmetric n x n matrices, n <= 64: for
// GPUs, a workgroup a matrix.
//   G: batch x n x n (upper triangles are read)    R, R^-1: batch x n x n    status: rows of 3, one a matrix
//
// Forward elimination of [G | I] gives [R | R^-T]. An invocation holds 4 x 4 entries of each, sixteen apart, in
// registers; row k goes round through workgroup memory, two buffers in turn, so a step costs one barrier.
// shift * trace(G) + lift is added to the diagonal. status: [k + 1 for the first pivot k that is not positive and
// finite, or 0; |G - I|_F; the smallest pivot]. From a failed pivot on the rows of R are zero.
// Work 2 n^3 / 3 flop. |R^T R - G| <= gamma_(n + 1) |R^T||R| (Higham 2002, theorem 10.3).
// Reference: app/math/cholesky.ts. Test: app/kernels/cholesky.test.ts.
//! use finite

struct Params {
  n: u32,
  slices: u32,
  status_row: u32,
  shift: f32,
  lift: f32,
  invert: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> r: array<f32>;
@group(0) @binding(3) var<storage, read_write> inverse: array<f32>;
@group(0) @binding(4) var<storage, read_write> status: array<f32>;

const EDGE = 16u;
// Row k of [G | I] in the half k % 2.
var<workgroup> pivot_row: array<f32, 256>;
// [|G - I|_F^2 and trace G] of each row of invocations.
var<workgroup> sums: array<vec2f, 256>;

@compute @workgroup_size(EDGE, EDGE)
fn cholesky_workgroup(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let n = p.n;
  let item = wid.y + p.group0;
  let base = item * n * n;
  let rows = lid.y + vec4u(0u, EDGE, 2u * EDGE, 3u * EDGE);
  let cols = lid.x + vec4u(0u, EDGE, 2u * EDGE, 3u * EDGE);
  var a: array<vec4f, 4>;
  var e: array<vec4f, 4>;
  var sum = vec2f();
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      // Past the edge the identity, so that those pivots are one.
      var value = select(0.0, 1.0, rows[i] == cols[j]);
      e[i][j] = value;
      if (max(rows[i], cols[j]) < n) {
        let at_one = value;
        value = g[base + min(rows[i], cols[j]) * n + max(rows[i], cols[j])];
        sum += vec2f((value - at_one) * (value - at_one), value * at_one);
      }
      a[i][j] = value;
    }
  }
  sums[local] = sum;
  workgroupBarrier();
  for (var span = 128u; span > 0u; span >>= 1u) {
    if (local < span) {
      sums[local] += sums[local + span];
    }
    workgroupBarrier();
  }
  // The trace may be infinite, and zero times that is not zero.
  let lift = p.lift + select(0.0, p.shift * sums[0].y, p.shift > 0.0);
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      if (rows[i] == cols[j] && rows[i] < n) {
        a[i][j] += lift;
      }
    }
  }

  var failed = 0u;
  var least = 3.4e38;
  for (var k = 0u; k < n; k++) {
    let half = (k % 2u) * 128u;
    for (var i = 0u; i < 4u; i++) {
      if (rows[i] == k) {
        for (var j = 0u; j < 4u; j++) {
          pivot_row[half + cols[j]] = a[i][j];
          pivot_row[half + 64u + cols[j]] = e[i][j];
        }
      }
    }
    workgroupBarrier();
    let pivot = pivot_row[half + k];
    if (failed == 0u) {
      least = select(min(least, pivot), pivot, !is_finite(pivot));
      if (!(pivot > 0.0 && is_finite(pivot))) {
        failed = k + 1u;
      }
    }
    let root = select(1.0, sqrt(pivot), failed == 0u);
    for (var i = 0u; i < 4u; i++) {
      // R is symmetric to the pivot column: u_i = r_ki.
      let u = pivot_row[half + rows[i]] / root;
      for (var j = 0u; j < 4u; j++) {
        let row_a = pivot_row[half + cols[j]] / root;
        let row_e = pivot_row[half + 64u + cols[j]] / root;
        if (rows[i] == k) {
          a[i][j] = select(row_a, 0.0, failed > 0u);
          e[i][j] = row_e;
        } else if (rows[i] > k && failed == 0u) {
          a[i][j] -= u * row_a;
          e[i][j] -= u * row_e;
        }
      }
    }
  }

  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      if (max(rows[i], cols[j]) < n) {
        r[base + rows[i] * n + cols[j]] = select(0.0, a[i][j], cols[j] >= rows[i]);
        inverse[base + cols[j] * n + rows[i]] = select(0.0, e[i][j], cols[j] <= rows[i]);
      }
    }
  }
  if (local == 0u) {
    let at = (p.status_row + item) * 3u;
    status[at] = f32(failed);
    status[at + 1u] = sqrt(sums[0].x);
    status[at + 2u] = least;
  }
}
