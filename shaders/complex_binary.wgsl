//! use linear
//! use complex
// Entry by entry: a b (OP 0), a conj(b) (1), a / b (2), a + b (3), a - b (4). `period` entries of b serve all
// of a, again and again: a row b multiplies every row of a.
// Bounds: 4 u |a b|, 12 u |a / b|, u |a + b|. Reference: app/kernels/complex.ts. Test: complex.test.ts.

override OP: u32 = 0;

struct Params {
  count: u32,
  period: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec2f>;
@group(0) @binding(2) var<storage, read> b: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> c: array<vec2f>;

@compute @workgroup_size(64)
fn complex_binary(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let x = a[i];
  let y = b[i % p.period];
  switch OP {
    case 0: {
      c[i] = cmul(x, y);
    }
    case 1: {
      c[i] = cmul_conj(x, y);
    }
    case 2: {
      c[i] = cdiv(x, y);
    }
    case 3: {
      c[i] = x + y;
    }
    default: {
      c[i] = x - y;
    }
  }
}
