// The reflections of one panel, a team a matrix. X = A^T holds the columns of A as rows. For rows j of X, j < width,
// one after the other: v, v_0 = 1, with (I - 2 v v^T / v^T v) x_j = (beta, 0, ..., 0) in the entries from first + j
// on, applied to the rows of the panel after it.
//
// An invocation owns every TEAM-th entry of each row and reads no others. Out come v_j (rows of V^T, zero before
// entry first + j), row j of X as a column of R, and E, rows of the identity with the sign that makes
// diag(R) > 0. A zero column reflects along its first axis: H is orthogonal then too, and beta is zero.

struct Params {
  m: u32,
  n: u32,
  first: u32,
  width: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> v: array<f32>;
@group(0) @binding(3) var<storage, read_write> e: array<f32>;
@group(0) @binding(4) var<storage, read_write> r: array<f32>;
@group(0) @binding(5) var<storage, read_write> signs: array<f32>;

const MOST = 32u;

fn factor_panel(item: u32, me: u32) {
  let m = p.m;
  // All rows from this panel on are in X; V and E hold the panel's.
  let base_x = item * (p.n - p.first) * m;
  let base_v = item * p.width * m;
  let base_r = item * p.n * p.n;
  let base_s = item * p.n;
  var sign: array<f32, MOST>;
  for (var j = 0u; j < p.width; j++) {
    let row = p.first + j;
    let at_x = base_x + j * m;
    let at_v = base_v + j * m;
    let start = row + (me + TEAM - row % TEAM) % TEAM;
    var part = vec4f();
    for (var i = start; i < m; i += TEAM) {
      let value = x[at_x + i];
      if (i == row) {
        part.y = value;
      } else {
        part.x += value * value;
      }
    }
    let sum = team_sum(part, me);
    let alpha = sum.y;
    let length = sqrt(alpha * alpha + sum.x);
    // The sign that adds, so that nothing cancels.
    let beta = select(length, -length, alpha > 0.0);
    let pivot = alpha - beta;
    let scale = select(1.0 / pivot, 0.0, length == 0.0);
    let tau = 2.0 / (1.0 + sum.x * scale * scale);
    sign[j] = select(1.0, -1.0, beta < 0.0);

    for (var i = me; i < m; i += TEAM) {
      var entry = 0.0;
      if (i < row) {
        let turn = select(signs[base_s + min(i, p.first)], sign[max(i, p.first) - p.first], i >= p.first);
        r[base_r + i * p.n + row] = turn * x[at_x + i];
      } else if (i == row) {
        entry = 1.0;
        r[base_r + i * p.n + row] = abs(beta);
      } else {
        entry = x[at_x + i] * scale;
      }
      v[at_v + i] = entry;
      e[at_v + i] = select(0.0, sign[j], i == row);
    }

    for (var c = j + 1u; c < p.width; c += 4u) {
      let rows = base_x + min(vec4u(c, c + 1u, c + 2u, c + 3u), vec4u(p.width - 1u)) * m;
      var dots = vec4f();
      for (var i = start; i < m; i += TEAM) {
        dots += v[at_v + i] * vec4f(x[rows.x + i], x[rows.y + i], x[rows.z + i], x[rows.w + i]);
      }
      dots = tau * team_sum(dots, me);
      let here = min(4u, p.width - c);
      for (var i = start; i < m; i += TEAM) {
        let change = v[at_v + i] * dots;
        for (var k = 0u; k < here; k++) {
          x[rows[k] + i] -= change[k];
        }
      }
    }
  }
  if (me == 0u) {
    for (var j = 0u; j < p.width; j++) {
      signs[base_s + p.first + j] = sign[j];
    }
  }
}
