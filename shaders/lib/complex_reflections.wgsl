// A = Q R of complex matrices (m x n, m >= n) by Householder reflections, a team a matrix. H = I - tau v v^H, v_j = 1,
// tau = 2 / v^H v, takes column j to (beta, 0, ..., 0); the phase of beta is moved from R into Q, so that the
// diagonal of R is real and not negative.
//
// An invocation owns every TEAM-th row of A, R and Q and reads no others: what rows share are sums. Two columns are
// turned at a time. v_j is left in W below the diagonal; its first entry and tau are made again for Q. A zero column
// reflects along its first axis, so H is unitary then too.
//! use complex

struct Params {
  m: u32,
  n: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> w: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> phases: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> q: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> r: array<vec2f>;

// conj(v) (x, y) for two columns.
fn dots_of(v: vec2f, x: vec2f, y: vec2f) -> vec4f {
  return vec4f(cmul_conj(x, v), cmul_conj(y, v));
}

fn factor_complex(item: u32, me: u32) {
  let m = p.m;
  let n = p.n;
  let base = item * m * n;
  let base_r = item * n * n;
  for (var i = me; i < m; i += TEAM) {
    for (var c = 0u; c < n; c++) {
      w[base + i * n + c] = a[base + i * n + c];
    }
  }
  for (var j = 0u; j < n; j++) {
    let start = j + (me + TEAM - j % TEAM) % TEAM;
    var part = vec4f();
    for (var i = start; i < m; i += TEAM) {
      let value = w[base + i * n + j];
      if (i == j) {
        part = vec4f(part.x, value, 0.0);
      } else {
        part.x += dot(value, value);
      }
    }
    let sum = team_sum(part, me);
    let size = length(sum.yz);
    let whole = sqrt(size * size + sum.x);
    let phase = select(sum.yz / size, vec2f(1.0, 0.0), size == 0.0);
    // Column j minus beta e_j, beta = -phase whole: the sign that adds, so that nothing cancels.
    let pivot = size + whole;
    let scale = select(conj(phase) / pivot, vec2f(), pivot == 0.0);
    let tau = 2.0 / (1.0 + sum.x * dot(scale, scale));
    for (var i = start; i < m; i += TEAM) {
      let at = base + i * n + j;
      if (i == j) {
        phases[item * n + j] = -phase;
        r[base_r + j * n + j] = vec2f(whole, 0.0);
        for (var c = 0u; c < j; c++) {
          r[base_r + j * n + c] = vec2f();
        }
      } else {
        w[at] = cmul(w[at], scale);
      }
    }
    for (var c = j + 1u; c < n; c += 2u) {
      let d = min(c + 1u, n - 1u);
      var dots = vec4f();
      for (var i = start; i < m; i += TEAM) {
        let v = select(w[base + i * n + j], vec2f(1.0, 0.0), i == j);
        dots += dots_of(v, w[base + i * n + c], w[base + i * n + d]);
      }
      dots = tau * team_sum(dots, me);
      for (var i = start; i < m; i += TEAM) {
        let v = select(w[base + i * n + j], vec2f(1.0, 0.0), i == j);
        let left = w[base + i * n + c] - cmul(v, dots.xy);
        let right = w[base + i * n + d] - cmul(v, dots.zw);
        w[base + i * n + c] = left;
        w[base + i * n + d] = right;
        if (i == j) {
          r[base_r + j * n + c] = -cmul_conj(left, phase);
          r[base_r + j * n + d] = -cmul_conj(right, phase);
        }
      }
    }
  }
  // Q = H_0 ... H_(n-1) diag(phases), from the last on.
  for (var i = me; i < m; i += TEAM) {
    for (var c = 0u; c < n; c++) {
      q[base + i * n + c] = vec2f();
    }
    if (i < n) {
      q[base + i * n + i] = phases[item * n + i];
    }
  }
  for (var back = 0u; back < n; back++) {
    let j = n - 1u - back;
    let start = j + (me + TEAM - j % TEAM) % TEAM;
    var part = vec4f();
    for (var i = start; i < m; i += TEAM) {
      let v = select(w[base + i * n + j], vec2f(1.0, 0.0), i == j);
      part.x += dot(v, v);
    }
    let tau = 2.0 / team_sum(part, me).x;
    for (var c = j; c < n; c += 2u) {
      let d = min(c + 1u, n - 1u);
      var dots = vec4f();
      for (var i = start; i < m; i += TEAM) {
        let v = select(w[base + i * n + j], vec2f(1.0, 0.0), i == j);
        dots += dots_of(v, q[base + i * n + c], q[base + i * n + d]);
      }
      dots = tau * team_sum(dots, me);
      for (var i = start; i < m; i += TEAM) {
        let v = select(w[base + i * n + j], vec2f(1.0, 0.0), i == j);
        let left = q[base + i * n + c] - cmul(v, dots.xy);
        let right = q[base + i * n + d] - cmul(v, dots.zw);
        q[base + i * n + c] = left;
        q[base + i * n + d] = right;
      }
    }
  }
}
