//! use linear
//! use butterfly
// The spectrum of n real numbers from the transform Z of the m = n / 2 complex ones that they form in pairs:
// with E = (Z_k + conj Z_(m-k)) / 2 and O = (Z_k - conj Z_(m-k)) / 2i, X_k = E + exp(-2 pi i k / n) O,
// k = 0..m. For odd n (`whole` 1) Z is the transform of n numbers itself, and its first half is kept.
//
// One invocation an entry. Source: Cooley, Lewis, Welch 1970. Bound, reference: app/kernels/fft.ts.
// Test: app/kernels/fft.test.ts.

struct Params {
  bins: u32, // floor(n / 2) + 1
  m: u32, // numbers in a row of z
  count: u32,
  whole: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> z: array<vec2f>;
@group(0) @binding(2) var<storage, read> w: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec2f>;

@compute @workgroup_size(64)
fn rfft_unpack(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let row = at / p.bins;
  let k = at - row * p.bins;
  if (p.whole == 1u) {
    y[at] = z[row * p.m + k];
    return;
  }
  let a = z[row * p.m + select(k, 0u, k == p.m)];
  let b = z[row * p.m + select(p.m - k, 0u, k == 0u)];
  let mirrored = vec2f(b.x, -b.y);
  y[at] = 0.5 * (a + mirrored + mul(minus_i(a - mirrored), w[k]));
}
