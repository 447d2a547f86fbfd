// One round of one-sided Jacobi: disjoint pairs of vectors b_i, b_j (rows of B, n x m) are rotated until
// orthogonal wherever |b_i . b_j| > tolerance |b_i| |b_j|, and the rows of V (n x n) with them.
//
// One invocation a pair, no barrier: all pairs of a round are disjoint (circle method). turned[k] counts the
// rotations of pair k; a sweep is n - 1 rounds (n, for odd n), and one without rotations ends the iteration.
// Reference: app/math/jacobi.ts (Demmel, Veselic 1992). Test: app/kernels/svd.test.ts.

struct Params {
  n: u32,
  m: u32,
  seats: u32,
  turn: u32,
  tolerance: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> v: array<f32>;
@group(0) @binding(3) var<storage, read_write> turned: array<f32>;

@compute @workgroup_size(64)
fn jacobi_round(@builtin(global_invocation_id) id: vec3u) {
  let pair = id.x;
  if (pair >= p.seats / 2u) {
    return;
  }
  let circle = p.seats - 1u;
  let i = select((p.turn + pair) % circle, circle, pair == 0u);
  let j = (p.turn + circle - pair) % circle;
  if (i >= p.n || j >= p.n) {
    return;
  }
  let at_i = i * p.m;
  let at_j = j * p.m;
  var ii = 0.0;
  var jj = 0.0;
  var ij = 0.0;
  for (var t = 0u; t < p.m; t++) {
    let x = b[at_i + t];
    let y = b[at_j + t];
    ii += x * x;
    jj += y * y;
    ij += x * y;
  }
  if (ii == 0.0 || jj == 0.0 || abs(ij) <= p.tolerance * sqrt(ii) * sqrt(jj)) {
    return;
  }
  turned[pair] += 1.0;
  // The smaller root of t^2 + 2 zeta t - 1 = 0: a turn of at most a quarter right angle.
  let zeta = (jj - ii) / (2.0 * ij);
  let size = abs(zeta);
  let slope = select(1.0 / (size + sqrt(1.0 + size * size)), 0.5 / size, size > 1e8);
  let t = select(slope, -slope, zeta < 0.0);
  let c = 1.0 / sqrt(1.0 + t * t);
  let s = c * t;
  // Rutishauser's form: corrections to x and y, so that the rounding of c does not add up over the sweeps.
  let tau = s / (1.0 + c);
  for (var k = 0u; k < p.m; k++) {
    let x = b[at_i + k];
    let y = b[at_j + k];
    b[at_i + k] = x - s * (y + tau * x);
    b[at_j + k] = y + s * (x - tau * y);
  }
  for (var k = 0u; k < p.n; k++) {
    let x = v[i * p.n + k];
    let y = v[j * p.n + k];
    v[i * p.n + k] = x - s * (y + tau * x);
    v[j * p.n + k] = y + s * (x - tau * y);
  }
}
