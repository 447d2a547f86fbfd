// The right factor of RandLoRA's update dW = B S (Albert et al. 2025): S stacks diag(lambda_j) A diag(gamma_j),
// j = 1..N, one below the other: S[(j r + i), c] = lambda[j r + i] A[i, c] gamma[j, c].
//   A: r x n    lambda: N r    gamma: N x n    S: N r x n
// theta holds lambda, and gamma from entry `gamma_at` on.  Three roundings: |error| <= 2 2^-24 |S| (products).
// Reference: app/kernels/randlora.ts. Test: app/kernels/randlora.test.ts.
//! use linear

struct Params {
  r: u32,
  n: u32,
  bases: u32,
  gamma_at: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> theta: array<f32>;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(3) var<storage, read_write> s: array<f32>;

@compute @workgroup_size(64)
fn randlora_stack(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.bases * p.r * p.n) {
    return;
  }
  let row = at / p.n;
  let c = at - row * p.n;
  let j = row / p.r;
  let i = row - j * p.r;
  s[at] = theta[row] * a[i * p.n + c] * theta[p.gamma_at + j * p.n + c];
}
