//! use linear
//! use butterfly
// The first and the last step of Bluestein's transform: y_k = scale (x_k or its conjugate) chirp_k for k < n,
// by row; rows of x are row_in apart. `sign` conjugates on the way in, scale_im / scale_re on the way out.
// Reference: app/kernels/fft.ts. Test: app/kernels/fft.test.ts.

struct Params {
  n: u32,
  row_in: u32,
  count: u32,
  sign: f32,
  scale_re: f32,
  scale_im: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec2f>;
@group(0) @binding(2) var<storage, read> w: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec2f>;

@compute @workgroup_size(64)
fn fft_chirp(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let row = at / p.n;
  let k = at - row * p.n;
  let value = x[row * p.row_in + k] * vec2f(1.0, p.sign);
  y[at] = vec2f(p.scale_re, p.scale_im) * mul(value, w[k]);
}
