// Discrete Fourier transforms of 4 complex numbers in registers, y_q = sum_b x_b exp(-2 pi i b q / 4), and the
// constants that join them to larger ones.

struct Four {
  a: vec2f,
  b: vec2f,
  c: vec2f,
  d: vec2f,
}

fn mul(x: vec2f, w: vec2f) -> vec2f {
  return vec2f(x.x * w.x - x.y * w.y, x.x * w.y + x.y * w.x);
}

// x times -i.
fn minus_i(x: vec2f) -> vec2f {
  return vec2f(x.y, -x.x);
}

// x times exp(-i pi / 4).
fn eighth(x: vec2f) -> vec2f {
  return 0.70710678118654752 * vec2f(x.x + x.y, x.y - x.x);
}

fn dft4(x0: vec2f, x1: vec2f, x2: vec2f, x3: vec2f) -> Four {
  let s02 = x0 + x2;
  let d02 = x0 - x2;
  let s13 = x1 + x3;
  let d13 = minus_i(x1 - x3);
  return Four(s02 + s13, d02 + d13, s02 - s13, d02 - d13);
}
