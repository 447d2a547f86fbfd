// C = op(A) op(B) of operands stored in float16, two to a word; products and sums in float32, each sum in the order
// of gemm_naive. One invocation makes a 4 x 4 block. The rounding to float16 is not done here: WGSL leaves it open.
// Strides in entries say how op(A) and op(B) are stored; z is the batch.
// Work 2mnk flop. |error| <= (2 u16 + u16^2 + gamma_k) |A||B| with the operands before rounding, u16 = 2^-11.
// Reference: variantTwin in app/kernels/gemm_variants.ts. Test: app/kernels/gemm_variants.test.ts.
//! use outer

struct Params {
  m: u32,
  n: u32,
  k: u32,
  a_row: u32,
  a_col: u32,
  b_row: u32,
  b_col: u32,
  a_batch: u32,
  b_batch: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<u32>;
@group(0) @binding(2) var<storage, read> b: array<u32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

fn half_of(word: u32, index: u32) -> f32 {
  return unpack2x16float(word >> (16u * (index & 1u))).x;
}

fn load_a(at: vec4u) -> vec4f {
  let w = at / 2u;
  return vec4f(half_of(a[w.x], at.x), half_of(a[w.y], at.y), half_of(a[w.z], at.z), half_of(a[w.w], at.w));
}

fn load_b(at: vec4u) -> vec4f {
  let w = at / 2u;
  return vec4f(half_of(b[w.x], at.x), half_of(b[w.y], at.y), half_of(b[w.z], at.z), half_of(b[w.w], at.w));
}

override EDGE: u32 = 8; //! one of 2, 4, 8, 16: edge of a workgroup, in blocks of 4 x 4

@compute @workgroup_size(EDGE, EDGE)
fn gemm_f16(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = ((wid.y + p.group0) * EDGE + lid.y) * 4u;
  let col = (wid.x * EDGE + lid.x) * 4u;
  if (row >= p.m || col >= p.n) {
    return;
  }
  let four = vec4u(0u, 1u, 2u, 3u);
  var at_a = wid.z * p.a_batch + min(row + four, vec4u(p.m - 1u)) * p.a_row;
  var at_b = wid.z * p.b_batch + min(col + four, vec4u(p.n - 1u)) * p.b_col;
  var sum = mat4x4f();
  for (var t = 0u; t < p.k; t++) {
    sum = add_outer(sum, load_a(at_a), load_b(at_b));
    at_a += vec4u(p.a_col);
    at_b += vec4u(p.b_row);
  }
  var lines = sum;
  for (var i = 0u; i < min(4u, p.m - row); i++) {
    for (var j = 0u; j < min(4u, p.n - col); j++) {
      c[(wid.z * p.m + row + i) * p.n + col + j] = lines[i][j];
    }
  }
}
