// Gradients of RandLoRA's diagonal scalings from T = B^T G (N r x n), for dW = B S of randlora_stack.wgsl:
//   dL/dlambda[j r + i] = sum over c of T[(j r + i), c] A[i, c] gamma[j, c]
//   dL/dgamma[j, c]     = sum over i of T[(j r + i), c] A[i, c] lambda[j r + i]
// One invocation an entry: first the N r of lambda, each a sum over n, then the N n of gamma, each over r. theta and
// gradient hold lambda, and gamma from entry `gamma_at` on.
// |error| <= (k + 4) 2^-24 times the sum of sizes, k terms.  Reference and test: app/kernels/randlora.ts.
//! use linear

struct Params {
  r: u32,
  n: u32,
  bases: u32,
  gamma_at: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> t: array<f32>;
@group(0) @binding(2) var<storage, read> theta: array<f32>;
@group(0) @binding(3) var<storage, read> a: array<f32>;
@group(0) @binding(4) var<storage, read_write> gradient: array<f32>;

@compute @workgroup_size(64)
fn randlora_gradient(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  let lambdas = p.bases * p.r;
  var sum = 0.0;
  if (at < lambdas) {
    let j = at / p.r;
    let i = at - j * p.r;
    let gamma = p.gamma_at + j * p.n;
    for (var c = 0u; c < p.n; c++) {
      sum += t[at * p.n + c] * a[i * p.n + c] * theta[gamma + c];
    }
    gradient[at] = sum;
    return;
  }
  let entry = at - lambdas;
  if (entry >= p.bases * p.n) {
    return;
  }
  let j = entry / p.n;
  let c = entry - j * p.n;
  for (var i = 0u; i < p.r; i++) {
    let row = j * p.r + i;
    sum += t[row * p.n + c] * a[i * p.n + c] * theta[row];
  }
  gradient[p.gamma_at + entry] = sum;
}
