// Activations f and their slopes f', four at a time, numbered as in app/math/activations.ts. All but relu and tanh
// go through e = exp(-|y|) <= 1, which neither overflows nor cancels: sigmoid(y) is 1 / (1 + e) or e / (1 + e).
//
// WGSL promises exp(y) within (3 + 2 |y|) ulp; the bounds that follow are in app/math/activations.ts.

const RELU = 1u;
const GELU = 2u;
const SILU = 3u;
const TANH = 4u;
const SIGMOID = 5u;
const EXP = 6u;
const SOFTPLUS = 7u;

const ZERO = vec4f(0.0);
const ONE = vec4f(1.0);

fn sigmoid(y: vec4f) -> vec4f {
  let e = exp(-abs(y));
  return select(e, ONE, y >= ZERO) / (ONE + e);
}

// sigmoid'(y) = sigmoid(y) (1 - sigmoid(y))
fn sigmoid_slope(y: vec4f) -> vec4f {
  let e = exp(-abs(y));
  return e / ((ONE + e) * (ONE + e));
}

// Near 0 the series of tanh (Cephes tanhf), as 1 - 2e / (1 + e) would cancel there.
fn hyperbolic_tangent(x: vec4f) -> vec4f {
  let z = x * x;
  var series = fma(z, vec4f(-5.70498872745e-3), vec4f(2.06390887954e-2));
  series = fma(series, z, vec4f(-5.37397155531e-2));
  series = fma(series, z, vec4f(1.33314422036e-1));
  series = fma(series, z, vec4f(-3.33332819422e-1));
  let e = exp(-2.0 * abs(x));
  return select(sign(x) * (ONE - e) / (ONE + e), fma(series * z, x, x), abs(x) < vec4f(0.625));
}

// ln(1 + exp(x)) = max(x, 0) + ln(1 + e); the series where e is small, since ln(1 + e) loses it there.
fn softplus(x: vec4f) -> vec4f {
  let e = exp(-abs(x));
  let series = e * fma(e, fma(e, fma(e, vec4f(-0.25), vec4f(0.333333333)), vec4f(-0.5)), ONE);
  return max(x, ZERO) + select(log(ONE + e), series, e < vec4f(0.015625));
}

// gelu(x) = x (1 + tanh(q)) / 2 = x sigmoid(2q), q = sqrt(2 / pi) (x + 0.044715 x^3): this is 2q. Beyond 20 the
// sigmoid is 0 or 1.
fn gelu_argument(x: vec4f) -> vec4f {
  let y = clamp(x, vec4f(-20.0), vec4f(20.0));
  return 1.5957691216 * fma(0.044715 * y * y, y, y);
}

fn gelu_slope(x: vec4f) -> vec4f {
  let y = clamp(x, vec4f(-20.0), vec4f(20.0));
  let q = gelu_argument(x);
  return fma(y * sigmoid_slope(q), 1.5957691216 * fma(0.134145 * y, y, ONE), sigmoid(q));
}

fn activate(kind: u32, x: vec4f) -> vec4f {
  switch kind {
    case RELU: { return max(x, ZERO); }
    case GELU: { return x * sigmoid(gelu_argument(x)); }
    case SILU: { return x * sigmoid(x); }
    case TANH: { return hyperbolic_tangent(x); }
    case SIGMOID: { return sigmoid(x); }
    case EXP: { return exp(x); }
    case SOFTPLUS: { return softplus(x); }
    default: { return x; }
  }
}

fn activation_slope(kind: u32, x: vec4f) -> vec4f {
  switch kind {
    case RELU: { return select(ZERO, ONE, x > ZERO); }
    case GELU: { return gelu_slope(x); }
    case SILU: { return fma(clamp(x, vec4f(-100.0), vec4f(100.0)), sigmoid_slope(x), sigmoid(x)); }
    case TANH: { return 4.0 * sigmoid_slope(2.0 * x); }
    case SIGMOID: { return sigmoid_slope(x); }
    case EXP: { return exp(x); }
    case SOFTPLUS: { return sigmoid(x); }
    default: { return ONE; }
  }
}
