//! use linear
//! use butterfly
// Z <- packed spectrum of the product of two real signals: u and k are transforms of m complex numbers that
// hold 2m real ones in pairs (rfft_unpack.wgsl). Both are unpacked, multiplied and packed again in registers,
// bins j and m - j together, since each needs the other. Row r of u goes with row r mod k_rows of k.
//
// One invocation a pair of bins, about 60 flop. Bound, reference: app/kernels/fftconvolve.ts.
// Test: app/kernels/fftconvolve.test.ts.

struct Params {
  m: u32,
  pairs: u32, // floor(m / 2) + 1
  count: u32,
  k_rows: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> u: array<vec2f>;
@group(0) @binding(2) var<storage, read> k: array<vec2f>;
@group(0) @binding(3) var<storage, read> w: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> z: array<vec2f>;

fn conj(a: vec2f) -> vec2f {
  return vec2f(a.x, -a.y);
}

@compute @workgroup_size(64)
fn spectrum_product(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let row = at / p.pairs;
  let j = at - row * p.pairs;
  let mirror = select(p.m - j, 0u, j == 0u);
  let row_u = row * p.m;
  let row_k = (row % p.k_rows) * p.m;
  let root = w[j];
  // Twice the spectra at j and at m - j: X_j = E + root O, X_(m-j) = conj(E - root O).
  let ua = u[row_u + j];
  let ub = conj(u[row_u + mirror]);
  let u_odd = mul(minus_i(ua - ub), root);
  let ka = k[row_k + j];
  let kb = conj(k[row_k + mirror]);
  let k_odd = mul(minus_i(ka - kb), root);
  let low = mul(ua + ub + u_odd, ka + kb + k_odd);
  let high = mul(ua + ub - u_odd, ka + kb - k_odd); // conj of the product at m - j
  let even = low + high;
  let odd = mul(low - high, conj(root));
  z[row_u + j] = 0.125 * (even + vec2f(-odd.y, odd.x));
  z[row_u + mirror] = 0.125 * conj(even - vec2f(-odd.y, odd.x));
}
