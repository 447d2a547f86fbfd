// Whether x is neither infinite nor NaN, from its bits: comparisons with NaN may be optimized away.

fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}
