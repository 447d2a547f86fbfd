// elu(x) + 1: x + 1 above zero, exp(x) below.

fn elu1(x: vec4f) -> vec4f {
  return select(exp(x), x + 1.0, x > vec4f());
}
