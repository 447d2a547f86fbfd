// Eigenvalues from eigenvectors, lambda_j = x_j . (A x_j), which errs by the square of what the vectors err, and
// both in reverse order: smallest first, the vectors as columns.
//   X, Y = X A: batch x n x n, by rows    values: batch x n    V: batch x n x n
//
// An invocation a vector. |error| <= gamma_n |x|^T|A||x| but for the vectors' own. Test: app/kernels/eigh.test.ts.
//! use linear

struct Params {
  n: u32,
  batch: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> values: array<f32>;
@group(0) @binding(4) var<storage, read_write> v: array<f32>;

@compute @workgroup_size(64)
fn rayleigh(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.batch * p.n) {
    return;
  }
  let item = at / p.n;
  let row = at - item * p.n;
  let base = item * p.n * p.n;
  let to = p.n - 1u - row;
  var along = 0.0;
  var square = 0.0;
  for (var k = 0u; k < p.n; k++) {
    let entry = x[base + row * p.n + k];
    along += entry * y[base + row * p.n + k];
    square += entry * entry;
    v[base + k * p.n + to] = entry;
  }
  values[item * p.n + to] = along / square;
}
