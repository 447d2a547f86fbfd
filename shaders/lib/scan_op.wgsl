// The associative operation of a scan: sum (OP 0), product (1), maximum (2), minimum (3), and its identity.

override OP: u32 = 0;

fn combine(a: f32, b: f32) -> f32 {
  switch OP {
    case 0: {
      return a + b;
    }
    case 1: {
      return a * b;
    }
    case 2: {
      return max(a, b);
    }
    default: {
      return min(a, b);
    }
  }
}

fn combine4(a: vec4f, b: vec4f) -> vec4f {
  switch OP {
    case 0: {
      return a + b;
    }
    case 1: {
      return a * b;
    }
    case 2: {
      return max(a, b);
    }
    default: {
      return min(a, b);
    }
  }
}

fn scan_identity() -> f32 {
  var infinity = 0x7f800000u; // a constant expression must not be infinite; a variable may
  switch OP {
    case 0: {
      return 0.0;
    }
    case 1: {
      return 1.0;
    }
    case 2: {
      return -bitcast<f32>(infinity);
    }
    default: {
      return bitcast<f32>(infinity);
    }
  }
}
