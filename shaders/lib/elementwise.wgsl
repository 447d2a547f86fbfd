// The functions of one, two and three arguments that elementwise operations apply, four entries at a time,
// numbered as in app/kernels/elementary.ts, where the bounds on their errors are.
//! use activation

override OP: u32 = 0;

// x^y. Powers of a negative x are real for whole y, else NaN (made from bits: WGSL has no such constant). Small y
// take no logarithm.
fn power(x: vec4f, y: vec4f) -> vec4f {
  let whole = floor(y) == y;
  let odd = whole & (floor(0.5 * y) * 2.0 != y);
  let size = exp2(y * log2(abs(x)));
  let nan = bitcast<vec4f>(bitcast<vec4u>(y) | vec4u(0x7fc00000u));
  var z = select(size, select(select(nan, size, whole), -size, odd), x < ZERO);
  z = select(z, ZERO, (x == ZERO) & (y > ZERO));
  z = select(z, ONE, (y == ZERO) | (x == ONE));
  z = select(z, x, y == ONE);
  z = select(z, x * x, y == vec4f(2.0));
  z = select(z, ONE / x, y == -ONE);
  return select(z, sqrt(x), (y == vec4f(0.5)) & (x >= ZERO));
}

fn operate(x: vec4f, y: vec4f, z: vec4f) -> vec4f {
  switch OP {
    case 1u, 2u, 3u, 4u, 5u, 6u, 7u: { return activate(OP, x); }
    case 8u: { return log(x); }
    case 9u: { return sqrt(x); }
    case 10u: { return abs(x); }
    case 11u: { return -x; }
    case 12u: { return x * x; }
    case 13u: { return ONE / x; }
    case 14u: { return sign(x); }
    case 15u: { return x + y; }
    case 16u: { return x - y; }
    case 17u: { return x * y; }
    case 18u: { return x / y; }
    case 19u: { return max(x, y); }
    case 20u: { return min(x, y); }
    case 21u: { return power(x, y); }
    case 22u: { return select(z, y, x != ZERO); }
    default: { return x; }
  }
}
