//! use linear
// Complex entries from their real and imaginary parts; without the latter (has_im 0) they are real. Exact.
// Reference: app/kernels/complex.ts. Test: complex.test.ts.

struct Params {
  count: u32,
  has_im: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> re: array<f32>;
@group(0) @binding(2) var<storage, read> im: array<f32>;
@group(0) @binding(3) var<storage, read_write> z: array<vec2f>;

@compute @workgroup_size(64)
fn complex_pair(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  if (p.has_im == 0u) {
    z[i] = vec2f(re[i], 0.0);
  } else {
    z[i] = vec2f(re[i], im[i]);
  }
}
