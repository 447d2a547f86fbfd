// Activations f and their slopes f', numbered as in app/math/activations.ts. All but relu and tanh go through
// e = exp(-|y|) <= 1, which neither overflows nor cancels: sigmoid(y) is 1 / (1 + e) or e / (1 + e).
//
// WGSL promises exp(y) within (3 + 2 |y|) ulp; the bounds that follow are in app/math/activations.ts.

const RELU = 1u;
const GELU = 2u;
const SILU = 3u;
const TANH = 4u;
const SIGMOID = 5u;
const EXP = 6u;
const SOFTPLUS = 7u;

fn sigmoid(y: f32) -> f32 {
  let e = exp(-abs(y));
  return select(e, 1.0, y >= 0.0) / (1.0 + e);
}

// sigmoid'(y) = sigmoid(y) (1 - sigmoid(y))
fn sigmoid_slope(y: f32) -> f32 {
  let e = exp(-abs(y));
  return e / ((1.0 + e) * (1.0 + e));
}

// Near 0 the series of tanh (Cephes tanhf), as 1 - 2e / (1 + e) would cancel there.
fn hyperbolic_tangent(x: f32) -> f32 {
  let z = x * x;
  let p = fma(fma(fma(fma(-5.70498872745e-3, z, 2.06390887954e-2), z, -5.37397155531e-2), z, 1.33314422036e-1),
    z, -3.33332819422e-1);
  let e = exp(-2.0 * abs(x));
  return select(sign(x) * (1.0 - e) / (1.0 + e), fma(p * z, x, x), abs(x) < 0.625);
}

// ln(1 + exp(x)) = max(x, 0) + ln(1 + e); the series where e is small, since ln(1 + e) loses it there.
fn softplus(x: f32) -> f32 {
  let e = exp(-abs(x));
  let series = e * fma(e, fma(e, fma(e, -0.25, 0.333333333), -0.5), 1.0);
  return max(x, 0.0) + select(log(1.0 + e), series, e < 0.015625);
}

// gelu(x) = x (1 + tanh(q)) / 2 = x sigmoid(2q), q = sqrt(2 / pi) (x + 0.044715 x^3): this is 2q. Beyond 20 the
// sigmoid is 0 or 1.
fn gelu_argument(x: f32) -> f32 {
  let y = clamp(x, -20.0, 20.0);
  return 1.5957691216 * fma(0.044715 * y * y, y, y);
}

fn activate(kind: u32, x: f32) -> f32 {
  switch kind {
    case RELU: { return max(x, 0.0); }
    case GELU: { return x * sigmoid(gelu_argument(x)); }
    case SILU: { return x * sigmoid(x); }
    case TANH: { return hyperbolic_tangent(x); }
    case SIGMOID: { return sigmoid(x); }
    case EXP: { return exp(x); }
    case SOFTPLUS: { return softplus(x); }
    default: { return x; }
  }
}

fn activation_slope(kind: u32, x: f32) -> f32 {
  switch kind {
    case RELU: { return select(0.0, 1.0, x > 0.0); }
    case GELU: {
      let q = gelu_argument(x);
      let y = clamp(x, -20.0, 20.0);
      return fma(y * sigmoid_slope(q), 1.5957691216 * fma(0.134145 * y, y, 1.0), sigmoid(q));
    }
    case SILU: { return fma(clamp(x, -100.0, 100.0), sigmoid_slope(x), sigmoid(x)); }
    case TANH: { return 4.0 * sigmoid_slope(2.0 * x); }
    case SIGMOID: { return sigmoid_slope(x); }
    case EXP: { return exp(x); }
    case SOFTPLUS: { return sigmoid(x); }
    default: { return 1.0; }
  }
}
