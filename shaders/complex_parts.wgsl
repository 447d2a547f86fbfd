//! use linear
//! use complex
// Real part (OP 0), imaginary part (1) or absolute value (2) of every entry.
// Bounds: parts exact, absolute value 12 u |z|. Reference: app/kernels/complex.ts. Test: complex.test.ts.

override OP: u32 = 0;

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> z: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(64)
fn complex_parts(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  switch OP {
    case 0: {
      x[i] = z[i].x;
    }
    case 1: {
      x[i] = z[i].y;
    }
    default: {
      x[i] = cabs(z[i]);
    }
  }
}
