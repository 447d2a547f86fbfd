// The rotation of two vectors x, y with |x|^2 = ii, |y|^2 = jj, x.y = ij that makes them orthogonal: x - s (y + tau x)
// and y + s (x - tau y) with s = sin, tau = s / (1 + cos) (Rutishauser's form: the rounding of cos does not add up
// over the sweeps). t = tan is the smaller root of t^2 + 2 zeta t - 1 = 0: a turn of at most an eighth of a circle.

struct Turn {
  s: f32,
  tau: f32,
  t: f32,
}

// Squares below this have lost their digits; such a vector counts as zero.
const VANISHED = 1e-36;

fn needs_turn(ii: f32, jj: f32, ij: f32, tolerance: f32) -> bool {
  return ii > VANISHED && jj > VANISHED && abs(ij) > tolerance * sqrt(ii) * sqrt(jj);
}

fn turn_of(ii: f32, jj: f32, ij: f32) -> Turn {
  let zeta = (jj - ii) / (2.0 * ij);
  let size = abs(zeta);
  let slope = select(1.0 / (size + sqrt(1.0 + size * size)), 0.5 / size, size > 1e8);
  let t = select(slope, -slope, zeta < 0.0);
  let c = 1.0 / sqrt(1.0 + t * t);
  let s = c * t;
  return Turn(s, s / (1.0 + c), t);
}
