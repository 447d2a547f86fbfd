// Discrete Fourier transforms of 16 complex numbers in registers, y_q = sum_b x_b exp(-2 pi i b q / 16), and the
// twiddle factors of such a column.
//! use butterfly

// Powers of a root of unity w; the others are products of two.
struct Powers {
  w1: vec2f,
  w2: vec2f,
  w3: vec2f,
  w4: vec2f,
  w8: vec2f,
  w12: vec2f,
}

// x_b w^b for b > 0. Where a power is a product, its second factor is taken from `high`: `low` may carry a factor that
// is common to all.
fn twiddle16(x: array<vec2f, 16>, low: Powers, high: Powers) -> array<vec2f, 16> {
  return array<vec2f, 16>(
    x[0],
    mul(x[1], low.w1),
    mul(x[2], low.w2),
    mul(x[3], low.w3),
    mul(x[4], low.w4),
    mul(mul(x[5], low.w1), high.w4),
    mul(mul(x[6], low.w2), high.w4),
    mul(mul(x[7], low.w3), high.w4),
    mul(x[8], low.w8),
    mul(mul(x[9], low.w1), high.w8),
    mul(mul(x[10], low.w2), high.w8),
    mul(mul(x[11], low.w3), high.w8),
    mul(x[12], low.w12),
    mul(mul(x[13], low.w1), high.w12),
    mul(mul(x[14], low.w2), high.w12),
    mul(mul(x[15], low.w3), high.w12),
  );
}

fn dft16(x: array<vec2f, 16>) -> array<vec2f, 16> {
  let a0 = dft4(x[0], x[4], x[8], x[12]);
  let a1 = dft4(x[1], x[5], x[9], x[13]);
  let a2 = dft4(x[2], x[6], x[10], x[14]);
  let a3 = dft4(x[3], x[7], x[11], x[15]);
  // exp(-2 pi i / 16) and its cube.
  let r1 = vec2f(0.92387953251128676, -0.38268343236508977);
  let r3 = vec2f(0.38268343236508977, -0.92387953251128676);
  let b0 = dft4(a0.a, a1.a, a2.a, a3.a);
  let b1 = dft4(a0.b, mul(a1.b, r1), eighth(a2.b), mul(a3.b, r3));
  let b2 = dft4(a0.c, eighth(a1.c), minus_i(a2.c), minus_i(eighth(a3.c)));
  let b3 = dft4(a0.d, mul(a1.d, r3), minus_i(eighth(a2.d)), mul(a3.d, -r1));
  return array<vec2f, 16>(
    b0.a,
    b1.a,
    b2.a,
    b3.a,
    b0.b,
    b1.b,
    b2.b,
    b3.b,
    b0.c,
    b1.c,
    b2.c,
    b3.c,
    b0.d,
    b1.d,
    b2.d,
    b3.d,
  );
}
