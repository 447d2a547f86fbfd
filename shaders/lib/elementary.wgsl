// exp, sin, cos and softplus to float32 accuracy, where WGSL's builtins promise less: exp(x) may be off by
// 3 + 2|x| ulp, sin and cos by 2^-11 in absolute terms, log near 1 by 2^-21. Polynomials of the Cephes library
// (Moshier, expf.c and sinf.c); log1p by a Chebyshev fit of atanh, made in float64.
//
// u = 2^-24. Multiples of the leading constants are exact, because these have few digits: a fused
// multiply-add changes nothing.

// x 2^k for -252 <= k <= 252, exact where the result is normal: two factors, each a normal number.
fn times_power_of_two(x: vec2f, k: i32) -> vec2f {
  let half = k / 2;
  return x * bitcast<f32>((half + 127) << 23u) * bitcast<f32>((k - half + 127) << 23u);
}

// |error| <= 4 u exp(x); 0 below -87.3, infinite above 88.8. Test: app/kernels/complex.test.ts.
fn exp_accurate(x: f32) -> f32 {
  let clamped = clamp(x, -88.0, 89.0);
  let k = floor(1.44269504088896341 * clamped + 0.5);
  let r = (clamped - k * 0.693359375) + k * 2.12194440e-4;
  var poly = 1.9875691500e-4;
  poly = poly * r + 1.3981999507e-3;
  poly = poly * r + 8.3334519073e-3;
  poly = poly * r + 4.1665795894e-2;
  poly = poly * r + 1.6666665459e-1;
  poly = poly * r + 5.0000001201e-1;
  let mantissa = poly * r * r + r + 1.0;
  let value = times_power_of_two(vec2f(mantissa), i32(k)).x;
  return select(value, 0.0, x < -87.3);
}

// (cos x, sin x), |error| <= 4 u each for |x| <= 2^14; beyond that about |x| 2^-38 more.
fn cos_sin(x: f32) -> vec2f {
  let k = round(x * 0.636619772367581343);
  let r = ((x - k * 1.5703125) - k * 4.837512969970703125e-4) - k * 7.54978995489188216e-8;
  let z = r * r;
  let sine = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
  let series = (2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2;
  let cosine = series * z * z - 0.5 * z + 1.0;
  let quadrant = i32(k) & 3;
  let swapped = select(vec2f(cosine, sine), vec2f(-sine, cosine), (quadrant & 1) == 1);
  return select(swapped, -swapped, quadrant >= 2);
}

// log(1 + t) for 0 <= t <= 1, |error| <= 5 u log(1 + t): 2 atanh(t / (2 + t)), so that small t keep their digits.
fn log1p_unit(t: f32) -> f32 {
  let s = t / (2.0 + t);
  let w = s * s;
  var poly = 0.12204701818916816;
  poly = poly * w + 0.10697133686006871;
  poly = poly * w + 0.14310311703375653;
  poly = poly * w + 0.19999347405956602;
  poly = poly * w + 0.3333333962664833;
  return 2.0 * s + 2.0 * s * w * poly;
}

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), |error| <= 12 u softplus(x).
fn softplus(x: f32) -> f32 {
  return max(x, 0.0) + log1p_unit(exp_accurate(-abs(x)));
}

// exp(x) - 1, |error| <= 6 u |exp(x) - 1|: a Taylor polynomial near 0, where the difference would cancel.
fn expm1_accurate(x: f32) -> f32 {
  var poly = 1.0 / 40320.0;
  poly = poly * x + 1.0 / 5040.0;
  poly = poly * x + 1.0 / 720.0;
  poly = poly * x + 1.0 / 120.0;
  poly = poly * x + 1.0 / 24.0;
  poly = poly * x + 1.0 / 6.0;
  poly = poly * x + 0.5;
  return select(exp_accurate(x) - 1.0, poly * x * x + x, abs(x) < 0.5);
}
