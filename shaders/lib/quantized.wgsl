// Codes of `bits` bits, packed from the low bits of a word up. Scheme 0: signed whole numbers in two's
// complement, a value is code times scale. Scheme 1: NF4, the 16 quantiles of QLoRA (Dettmers et al. 2023, E).
var<private> nf4: array<f32, 16> = array<f32, 16>(
  -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
  -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
  0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
  0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
);

// The code of y = x / scale: to the nearest, ties to even; for NF4 ties to the lower level.
fn code_of(y: f32, bits: u32, scheme: u32) -> u32 {
  if (scheme == 1u) {
    var code = 0u;
    for (var i = 0u; i < 15u; i++) {
      code += select(0u, 1u, y > 0.5 * (nf4[i] + nf4[i + 1u]));
    }
    return code;
  }
  let most = f32((1u << (bits - 1u)) - 1u);
  return u32(i32(clamp(round(y), -most, most))) & ((1u << bits) - 1u);
}

// The value of the code at place i of a word, in units of the scale.
fn level_of(word: u32, i: u32, bits: u32, scheme: u32) -> f32 {
  if (scheme == 1u) {
    return nf4[(word >> (4u * i)) & 15u];
  }
  return f32(extractBits(i32(word), bits * i, bits));
}
