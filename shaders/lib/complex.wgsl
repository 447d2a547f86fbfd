//! use elementary
// Complex arithmetic on vec2f (real, imaginary). u = 2^-24; errors are componentwise.

// |error| <= 3 u |a| |b|.
fn cmul(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}

fn conj(a: vec2f) -> vec2f {
  return vec2f(a.x, -a.y);
}

// a conj(b).
fn cmul_conj(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(a.x * b.x + a.y * b.y, a.y * b.x - a.x * b.y);
}

// c + a b.
fn cfma(a: vec2f, b: vec2f, c: vec2f) -> vec2f {
  return vec2f(fma(a.x, b.x, fma(-a.y, b.y, c.x)), fma(a.x, b.y, fma(a.y, b.x, c.y)));
}

// i a.
fn times_i(a: vec2f) -> vec2f {
  return vec2f(-a.y, a.x);
}

// Exponent of the power of two next below max(|a.x|, |a.y|), between -126 and 126.
fn binary_exponent(a: vec2f) -> i32 {
  let bits = bitcast<u32>(max(abs(a.x), abs(a.y))) & 0x7f800000u;
  return clamp(i32(bits >> 23u) - 127, -126, 126);
}

// |a| without overflow or underflow on the way; |error| <= 12 u |a|.
fn cabs(a: vec2f) -> f32 {
  let exponent = binary_exponent(a);
  let unit = times_power_of_two(a, -exponent);
  return times_power_of_two(vec2f(sqrt(dot(unit, unit))), exponent).x;
}

// a / b without overflow or underflow on the way; |error| <= 12 u |a / b|. Not finite where b is 0.
fn cdiv(a: vec2f, b: vec2f) -> vec2f {
  let top = binary_exponent(a);
  let bottom = binary_exponent(b);
  let unit = times_power_of_two(b, -bottom);
  let quotient = cmul_conj(times_power_of_two(a, -top), unit) / dot(unit, unit);
  return times_power_of_two(quotient, top - bottom);
}

// exp(z), |error| <= 9 u |exp(z)| for |Im z| <= 2^14.
fn cexp(z: vec2f) -> vec2f {
  return exp_accurate(z.x) * cos_sin(z.y);
}
