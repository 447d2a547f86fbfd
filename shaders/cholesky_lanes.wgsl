enable subgroups;
// Cholesky factorization G = R^T R, R upper triangular, of a batch of symmetric n x n matrices, each given as
// `slices` parts to be added, and R^-1 if `invert`: for adapters on which a barrier is slow.
//   G: batch x slices x n x n (upper triangles are read)    R, R^-1: batch x n x n
//   status: rows of 3, one a matrix
//
// Forward elimination of [G | I] gives [R | R^-T]. A team of four invocations a matrix, row by row:
// r_kj = (g_kj - sum_(i<k) r_ik r_ij) / r_kk. An invocation owns every fourth row of both; it takes its terms of
// the sum and reads no row but its own.
// shift * trace(G) + lift is added to the diagonal. status: [k + 1 for the first pivot k that is not positive and
// finite, or 0; |G - I|_F; the smallest pivot]. From a failed pivot on the rows of R are zero.
// Work n^3 / 3 flop. |R^T R - G| <= gamma_(n + 1) |R^T||R| (Higham 2002, theorem 10.3).
// Reference: app/math/cholesky.ts. Test: app/kernels/cholesky.test.ts.
//! use team_lanes
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

@compute @workgroup_size(TEAM)
fn cholesky_lanes(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) me: u32) {
  let n = p.n;
  let size = n * n;
  let item = wid.y + p.group0;
  let base_g = item * p.slices * size;
  let base_r = item * size;

  var lift = p.lift;
  if (p.shift > 0.0) {
    var diagonal = 0.0;
    for (var i = me; i < n; i += TEAM) {
      for (var s = 0u; s < p.slices; s++) {
        diagonal += g[base_g + s * size + i * n + i];
      }
    }
    lift += p.shift * team_sum(vec4f(diagonal), me).x;
  }

  var failed = 0u;
  var departure = 0.0;
  var least = 3.4e38;
  for (var k = 0u; k < n; k++) {
    var root = 1.0;
    for (var first = k; first < n; first += 4u) {
      let cols = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(n - 1u));
      var part = vec4f();
      for (var s = me; s < p.slices; s += TEAM) {
        let at = base_g + s * size + k * n;
        part += vec4f(g[at + cols.x], g[at + cols.y], g[at + cols.z], g[at + cols.w]);
      }
      let entry = team_sum(part, me);
      part = vec4f();
      for (var i = me; i < k; i += TEAM) {
        let at = base_r + i * n;
        part += r[at + k] * vec4f(r[at + cols.x], r[at + cols.y], r[at + cols.z], r[at + cols.w]);
      }
      var value = entry - team_sum(part, me);
      let is_there = select(vec4f(), vec4f(1.0), first + vec4u(0u, 1u, 2u, 3u) < vec4u(n));
      if (first == k) {
        value.x += lift;
        departure += (entry.x - 1.0) * (entry.x - 1.0) + 2.0 * dot(entry.yzw * entry.yzw, is_there.yzw);
        if (failed == 0u) {
          least = select(min(least, value.x), value.x, !is_finite(value.x));
          if (value.x > 0.0 && is_finite(value.x)) {
            root = sqrt(value.x);
          } else {
            failed = k + 1u;
          }
        }
      } else {
        departure += 2.0 * dot(entry * entry, is_there);
      }
      if (k % TEAM == me) {
        for (var c = 0u; c < 4u; c++) {
          if (first + c < n) {
            r[base_r + k * n + first + c] = select(value[c] / root, 0.0, failed > 0u);
          }
        }
      }
    }
    if (k % TEAM == me) {
      for (var j = 0u; j < k; j++) {
        r[base_r + k * n + j] = 0.0;
      }
    }
    for (var first = 0u; p.invert > 0u && first < n; first += 4u) {
      // Row k of R^-T is column k of R^-1; past the diagonal it is zero.
      let cols = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(n - 1u)) * n;
      var part = vec4f();
      for (var i = first + (me + TEAM - first % TEAM) % TEAM; i < k; i += TEAM) {
        let at = base_r + i;
        part += r[base_r + i * n + k] *
          vec4f(inverse[at + cols.x], inverse[at + cols.y], inverse[at + cols.z], inverse[at + cols.w]);
      }
      let value = select(vec4f(), vec4f(1.0), first + vec4u(0u, 1u, 2u, 3u) == vec4u(k)) - team_sum(part, me);
      if (k % TEAM == me) {
        for (var c = 0u; c < 4u; c++) {
          if (first + c < n) {
            inverse[base_r + (first + c) * n + k] = select(0.0, value[c] / root, first + c <= k);
          }
        }
      }
    }
  }
  if (me == 0u) {
    let at = (p.status_row + item) * 3u;
    status[at] = f32(failed);
    status[at + 1u] = sqrt(departure);
    status[at + 2u] = least;
  }
}
