// Eigenvalues and vectors of Hermitian matrices A (n x n) by one-sided Jacobi rotations of the rows of
// B = A + c I, c = 2 |A|_F, a team a matrix. B is positive definite with a condition of 3 at most; rotations from the
// left that make its rows orthogonal make V with V B B^H V^H diagonal, and V A V^H with it.
//
// An invocation owns every TEAM-th column of B and V and reads no others: what they share are sums. Rows p, q with
// g = b_p . conj(b_q): b_q is turned by the phase of g, then both by the angle that makes them orthogonal.
// Eigenvalue p is Re (B - c V)_p . conj(v_p), from smallest to largest; eigenvectors are the rows of conj(V), stored
// as columns.
//! use complex

struct Params {
  n: u32,
  batch: u32,
  sweeps: u32,
  tolerance: f32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> b: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> v: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> own: array<f32>;
@group(0) @binding(5) var<storage, read_write> values: array<f32>;
@group(0) @binding(6) var<storage, read_write> vectors: array<vec2f>;

fn diagonalize(item: u32, me: u32) {
  let n = p.n;
  let base = item * n * n;
  var part = vec4f();
  for (var i = 0u; i < n; i++) {
    for (var c = me; c < n; c += TEAM) {
      // The Hermitian part; A may be off by roundings.
      let entry = 0.5 * (a[base + i * n + c] + conj(a[base + c * n + i]));
      b[base + i * n + c] = entry;
      v[base + i * n + c] = vec2f(select(0.0, 1.0, i == c), 0.0);
      part.x += dot(entry, entry);
    }
  }
  let lift = 2.0 * sqrt(team_sum(part, me).x);
  for (var c = me; c < n; c += TEAM) {
    b[base + c * n + c].x += lift;
  }
  var turned = 1u;
  for (var sweep = 0u; sweep < p.sweeps && turned > 0u; sweep++) {
    turned = 0u;
    for (var i = 0u; i + 1u < n; i++) {
      for (var j = i + 1u; j < n; j++) {
        let above = base + i * n;
        let below = base + j * n;
        part = vec4f();
        for (var c = me; c < n; c += TEAM) {
          let x = b[above + c];
          let y = b[below + c];
          part += vec4f(dot(x, x), dot(y, y), cmul_conj(x, y));
        }
        let sum = team_sum(part, me);
        let size = length(sum.zw);
        if (size <= p.tolerance * sqrt(sum.x) * sqrt(sum.y)) {
          continue;
        }
        turned++;
        let phase = sum.zw / size;
        let zeta = (sum.y - sum.x) / (2.0 * size);
        let t = select(-1.0, 1.0, zeta >= 0.0) / (abs(zeta) + sqrt(1.0 + zeta * zeta));
        let cosine = 1.0 / sqrt(1.0 + t * t);
        let sine = t * cosine;
        for (var c = me; c < n; c += TEAM) {
          let x = b[above + c];
          let y = cmul(phase, b[below + c]);
          b[above + c] = cosine * x - sine * y;
          b[below + c] = sine * x + cosine * y;
          let s = v[above + c];
          let u = cmul(phase, v[below + c]);
          v[above + c] = cosine * s - sine * u;
          v[below + c] = sine * s + cosine * u;
        }
      }
    }
  }
  // Every invocation keeps all eigenvalues for itself, and with them the order.
  let mine = (item * TEAM + me) * n;
  for (var i = 0u; i < n; i++) {
    part = vec4f();
    for (var c = me; c < n; c += TEAM) {
      let of_v = v[base + i * n + c];
      part += vec4f(dot(b[base + i * n + c] - lift * of_v, of_v), dot(of_v, of_v), 0.0, 0.0);
    }
    let sum = team_sum(part, me);
    own[mine + i] = sum.x / sum.y;
  }
  for (var i = 0u; i < n; i++) {
    let value = own[mine + i];
    var place = 0u;
    for (var j = 0u; j < n; j++) {
      let other = own[mine + j];
      place += u32(other < value || (other == value && j < i));
    }
    for (var c = me; c < n; c += TEAM) {
      vectors[base + c * n + place] = conj(v[base + i * n + c]);
    }
    if (me == 0u) {
      values[item * n + place] = value;
    }
  }
}
