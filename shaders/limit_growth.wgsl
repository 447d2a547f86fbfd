// The norm-growth limiter (Chen et al. 2024, Fira, equation 7). Of the norm of this step and that of the step before:
//   f = max(norm / (before + 1e-8), bound) / bound where there was a step before, else 1
//   factor = 1 / f, norms[at] = norm / f
// The norm before is norms[at - 1]; it stays on the device, so nothing waits for it.
//
//   squares: rows, their sum is norm^2    norms: one for each step    factor: 1
//
// One invocation. |error| <= (rows / 2 + 8) 2^-24 of either.
// Reference: app/kernels/projected.ts. Test: app/kernels/projected.test.ts.

struct Params {
  rows: u32,
  at: u32,
  limited: u32,
  bound: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> squares: array<f32>;
@group(0) @binding(2) var<storage, read_write> norms: array<f32>;
@group(0) @binding(3) var<storage, read_write> factor: array<f32>;

@compute @workgroup_size(1)
fn limit_growth() {
  var sum = 0.0;
  for (var i = 0u; i < p.rows; i++) {
    sum += squares[i];
  }
  let norm = sqrt(sum);
  var f = 1.0;
  if (p.limited == 1u && p.at > 0u) {
    f = max(norm / (norms[p.at - 1u] + 1e-8), p.bound) / p.bound;
  }
  factor[0] = 1.0 / f;
  norms[p.at] = norm / f;
}
