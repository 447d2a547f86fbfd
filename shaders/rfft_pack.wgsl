//! use linear
//! use butterfly
// The inverse of rfft_unpack.wgsl: from the half spectrum X_0..X_(n/2) of n real numbers the transform of the
// m = n / 2 complex ones, Z_k = (X_k + conj X_(m-k)) / 2 + i exp(2 pi i k / n) (X_k - conj X_(m-k)) / 2. For
// odd n (`whole` 1) the whole spectrum of m = n numbers. As in NumPy the imaginary parts of X_0 and, for even
// n, X_(n/2) do not count.
// Bound, reference: app/kernels/fft.ts. Test: app/kernels/fft.test.ts.

struct Params {
  bins: u32, // floor(n / 2) + 1
  m: u32, // numbers in a row of z
  count: u32,
  whole: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec2f>;
@group(0) @binding(2) var<storage, read> w: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> z: array<vec2f>;

@compute @workgroup_size(64)
fn rfft_pack(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let row = at / p.m;
  let k = at - row * p.m;
  let first = row * p.bins;
  if (p.whole == 1u) {
    let isUpper = k >= p.bins;
    let value = x[first + select(k, p.m - k, isUpper)];
    z[at] = vec2f(value.x, select(value.y, -value.y, isUpper) * select(1.0, 0.0, k == 0u));
    return;
  }
  let real_ends = select(vec2f(1.0), vec2f(1.0, 0.0), k == 0u);
  let a = x[first + k] * real_ends;
  let b = x[first + p.m - k] * real_ends;
  let mirrored = vec2f(b.x, -b.y);
  let root = vec2f(w[k].x, -w[k].y);
  let odd = mul(a - mirrored, root);
  z[at] = 0.5 * (a + mirrored + vec2f(-odd.y, odd.x));
}
