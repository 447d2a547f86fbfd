// One round of one-sided Jacobi: each invocation turns one pair of rows of B (n x m) and of V (n x n) until
// the two rows of B are orthogonal. Pairs by the circle method over `seats` places, place 0 fixed.

struct Params {
  n: u32,
  m: u32,
  seats: u32,
  turn: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> v: array<f32>;

fn seat(place: u32) -> u32 {
  if (place == 0u) {
    return 0u;
  }
  return (place - 1u + p.turn) % (p.seats - 1u) + 1u;
}

@compute @workgroup_size(64)
fn naive_rotate(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.seats / 2u) {
    return;
  }
  let i = seat(id.x);
  let j = seat(p.seats - 1u - id.x);
  if (i >= p.n || j >= p.n) {
    return;
  }
  var alpha = 0.0;
  var beta = 0.0;
  var gamma = 0.0;
  for (var t = 0u; t < p.m; t++) {
    let x = b[i * p.m + t];
    let y = b[j * p.m + t];
    alpha += x * x;
    beta += y * y;
    gamma += x * y;
  }
  if (abs(gamma) <= 1e-7 * sqrt(alpha * beta)) {
    return;
  }
  let zeta = (beta - alpha) / (2.0 * gamma);
  let t = select(-1.0, 1.0, zeta >= 0.0) / (abs(zeta) + sqrt(1.0 + zeta * zeta));
  let c = 1.0 / sqrt(1.0 + t * t);
  let s = c * t;
  for (var k = 0u; k < p.m; k++) {
    let x = b[i * p.m + k];
    let y = b[j * p.m + k];
    b[i * p.m + k] = c * x - s * y;
    b[j * p.m + k] = s * x + c * y;
  }
  for (var k = 0u; k < p.n; k++) {
    let x = v[i * p.n + k];
    let y = v[j * p.n + k];
    v[i * p.n + k] = c * x - s * y;
    v[j * p.n + k] = s * x + c * y;
  }
}
