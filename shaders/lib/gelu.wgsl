// GELU (tanh form) as x s, s = 1 / (1 + exp(-2u)), u = sqrt(2 / pi) (x + 0.044715 x^3): the same function, and
// nothing cancels. The argument of exp is capped so that it stays finite; there s is below 1e-34.

fn gelu_tail(x: f32) -> f32 {
  let u = 0.7978845608 * (x + 0.044715 * x * x * x);
  return exp(min(-2.0 * u, 80.0));
}

fn gelu(x: f32) -> f32 {
  return x / (1.0 + gelu_tail(x));
}

// The derivative, s + 2 x u' s (1 - s), with 1 - s = e / (1 + e).
fn gelu_slope(x: f32) -> f32 {
  let e = gelu_tail(x);
  let s = 1.0 / (1.0 + e);
  let slope = 0.7978845608 * (1.0 + 0.134145 * x * x);
  return s + 2.0 * x * slope * s * (e * s);
}
