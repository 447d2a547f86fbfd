// Cholesky factorization G = R^H R of Hermitian matrices (n x n, of which the upper triangle is read), R upper
// triangular with a real positive diagonal, a team a matrix, row by row:
// r_kj = (g_kj - sum_(i<k) conj(r_ik) r_ij) / r_kk. An invocation owns every TEAM-th row of R and reads no others.
//   status: 2 a matrix: k + 1 for the first pivot k that is not positive and finite, or 0; the smallest pivot.
// From a failed pivot on the rows of R are zero.
//! use complex
//! use finite

struct Params {
  n: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> r: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> status: array<f32>;

fn eliminate_complex(item: u32, me: u32) {
  let n = p.n;
  let base = item * n * n;
  var failed = 0u;
  var least = 3.4e38;
  for (var k = 0u; k < n; k++) {
    let row = base + k * n;
    var root = 1.0;
    for (var c = k; c < n; c += 2u) {
      let d = min(c + 1u, n - 1u);
      var part = vec4f();
      for (var i = me; i < k; i += TEAM) {
        let at = base + i * n;
        part += vec4f(cmul_conj(r[at + c], r[at + k]), cmul_conj(r[at + d], r[at + k]));
      }
      let value = vec4f(g[row + c], g[row + d]) - team_sum(part, me);
      if (c == k && failed == 0u) {
        least = select(min(least, value.x), value.x, !is_finite(value.x));
        if (value.x > 0.0 && is_finite(value.x)) {
          root = sqrt(value.x);
        } else {
          failed = k + 1u;
        }
      }
      if (k % TEAM == me) {
        let entries = select(value / root, vec4f(), failed > 0u);
        r[row + c] = select(entries.xy, vec2f(entries.x, 0.0), c == k);
        if (d > c) {
          r[row + d] = entries.zw;
        }
      }
    }
    if (k % TEAM == me) {
      for (var j = 0u; j < k; j++) {
        r[row + j] = vec2f();
      }
    }
  }
  if (me == 0u) {
    status[2u * item] = f32(failed);
    status[2u * item + 1u] = least;
  }
}
