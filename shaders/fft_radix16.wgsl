//! use linear
//! use butterfly
// One pass of radix 16 of a Stockham FFT along rows of n complex numbers. `done`, a power of two, is the
// product of the radices of the passes before. Column j < n / 16 takes x[j + i n / 16], i = 0..15, multiplies
// by exp(-2 pi i k i / (16 done)) with k = j mod done, transforms, and stores at 16 (j - k) + k + i done.
//
// One invocation does a column in registers: no barrier. The table, rounded from float64, holds w^k, w^2k,
// w^3k, w^4k, w^8k, w^12k of each k; the other powers are products of two. The inverse is the conjugate of the
// transform of the conjugate: `sign` on the way in, `scale` on the way out.
// Work 312 flop a column. Source: Govindaraju et al. 2008, "High performance discrete Fourier transforms on
// graphics processors", section 4. Bound, reference: app/kernels/fft.ts. Test: app/kernels/fft.test.ts.

override PAD: bool = false; // the input has only row_in numbers a row; zeros follow

struct Params {
  n: u32,
  columns: u32, // n / 16
  count: u32, // columns of all rows
  done: u32,
  table: u32, // where this pass begins in the table
  row_in: u32,
  sign: f32, // of the imaginary parts on the way in
  scale_re: f32,
  scale_im: f32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec2f>;
@group(0) @binding(2) var<storage, read> w: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec2f>;

// Entry i of the row that begins at `row`.
fn take(row: u32, i: u32) -> vec2f {
  if (PAD) {
    return select(vec2f(), x[row + min(i, p.row_in - 1u)], i < p.row_in);
  }
  return x[row + i];
}

@compute @workgroup_size(64)
fn fft_radix16(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  let item = at / p.columns;
  let j = at - item * p.columns;
  let k = j & (p.done - 1u);
  let row = item * p.row_in;
  let step = p.columns;
  var x0 = take(row, j);
  var x1 = take(row, j + step);
  var x2 = take(row, j + 2u * step);
  var x3 = take(row, j + 3u * step);
  var x4 = take(row, j + 4u * step);
  var x5 = take(row, j + 5u * step);
  var x6 = take(row, j + 6u * step);
  var x7 = take(row, j + 7u * step);
  var x8 = take(row, j + 8u * step);
  var x9 = take(row, j + 9u * step);
  var x10 = take(row, j + 10u * step);
  var x11 = take(row, j + 11u * step);
  var x12 = take(row, j + 12u * step);
  var x13 = take(row, j + 13u * step);
  var x14 = take(row, j + 14u * step);
  var x15 = take(row, j + 15u * step);
  if (p.done == 1u) {
    let sign = vec2f(1.0, p.sign);
    x0 *= sign;
    x1 *= sign;
    x2 *= sign;
    x3 *= sign;
    x4 *= sign;
    x5 *= sign;
    x6 *= sign;
    x7 *= sign;
    x8 *= sign;
    x9 *= sign;
    x10 *= sign;
    x11 *= sign;
    x12 *= sign;
    x13 *= sign;
    x14 *= sign;
    x15 *= sign;
  } else {
    let t = p.table + 6u * k;
    let w1 = w[t];
    let w2 = w[t + 1u];
    let w3 = w[t + 2u];
    let w4 = w[t + 3u];
    let w8 = w[t + 4u];
    let w12 = w[t + 5u];
    x1 = mul(x1, w1);
    x2 = mul(x2, w2);
    x3 = mul(x3, w3);
    x4 = mul(x4, w4);
    x5 = mul(mul(x5, w1), w4);
    x6 = mul(mul(x6, w2), w4);
    x7 = mul(mul(x7, w3), w4);
    x8 = mul(x8, w8);
    x9 = mul(mul(x9, w1), w8);
    x10 = mul(mul(x10, w2), w8);
    x11 = mul(mul(x11, w3), w8);
    x12 = mul(x12, w12);
    x13 = mul(mul(x13, w1), w12);
    x14 = mul(mul(x14, w2), w12);
    x15 = mul(mul(x15, w3), w12);
  }
  let a0 = dft4(x0, x4, x8, x12);
  let a1 = dft4(x1, x5, x9, x13);
  let a2 = dft4(x2, x6, x10, x14);
  let a3 = dft4(x3, x7, x11, x15);
  // exp(-2 pi i / 16) and its cube.
  let r1 = vec2f(0.92387953251128676, -0.38268343236508977);
  let r3 = vec2f(0.38268343236508977, -0.92387953251128676);
  let b0 = dft4(a0.a, a1.a, a2.a, a3.a);
  let b1 = dft4(a0.b, mul(a1.b, r1), eighth(a2.b), mul(a3.b, r3));
  let b2 = dft4(a0.c, eighth(a1.c), minus_i(a2.c), minus_i(eighth(a3.c)));
  let b3 = dft4(a0.d, mul(a1.d, r3), minus_i(eighth(a2.d)), mul(a3.d, -r1));
  let to = item * p.n + 16u * (j - k) + k;
  let d = p.done;
  let scale = vec2f(p.scale_re, p.scale_im);
  y[to] = scale * b0.a;
  y[to + d] = scale * b1.a;
  y[to + 2u * d] = scale * b2.a;
  y[to + 3u * d] = scale * b3.a;
  y[to + 4u * d] = scale * b0.b;
  y[to + 5u * d] = scale * b1.b;
  y[to + 6u * d] = scale * b2.b;
  y[to + 7u * d] = scale * b3.b;
  y[to + 8u * d] = scale * b0.c;
  y[to + 9u * d] = scale * b1.c;
  y[to + 10u * d] = scale * b2.c;
  y[to + 11u * d] = scale * b3.c;
  y[to + 12u * d] = scale * b0.d;
  y[to + 13u * d] = scale * b1.d;
  y[to + 14u * d] = scale * b2.d;
  y[to + 15u * d] = scale * b3.d;
}
