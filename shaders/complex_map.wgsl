//! use linear
//! use complex
// Entry by entry: alpha a (OP 0), alpha conj(a) (1) or alpha exp(a) (2) with a complex alpha.
// Bounds: 4 u |alpha a|; 14 u |alpha exp(a)|. Reference: app/kernels/complex.ts. Test: complex.test.ts.

override OP: u32 = 0;

struct Params {
  count: u32,
  alpha_re: f32,
  alpha_im: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> b: array<vec2f>;

@compute @workgroup_size(64)
fn complex_map(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let alpha = vec2f(p.alpha_re, p.alpha_im);
  switch OP {
    case 0: {
      b[i] = cmul(alpha, a[i]);
    }
    case 1: {
      b[i] = cmul(alpha, conj(a[i]));
    }
    default: {
      b[i] = cmul(alpha, cexp(a[i]));
    }
  }
}
