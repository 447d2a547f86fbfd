// Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw 2011): key (seed, stream), counter (index, 0)
// give two words. Integers only, so the bits are the same on every machine and equal to app/math/threefry.ts.

fn rotate_left(x: u32, by: u32) -> u32 {
  return (x << by) | (x >> (32u - by));
}

fn threefry_round(x: vec2u, by: u32) -> vec2u {
  let sum = x.x + x.y;
  return vec2u(sum, rotate_left(x.y, by) ^ sum);
}

fn threefry_even(x: vec2u) -> vec2u {
  return threefry_round(threefry_round(threefry_round(threefry_round(x, 13u), 15u), 26u), 6u);
}

fn threefry_odd(x: vec2u) -> vec2u {
  return threefry_round(threefry_round(threefry_round(threefry_round(x, 17u), 29u), 16u), 24u);
}

fn threefry2x32(key: vec2u, counter: vec2u) -> vec2u {
  let third = key.x ^ key.y ^ 0x1bd11bdau;
  var x = threefry_even(counter + key) + vec2u(key.y, third + 1u);
  x = threefry_odd(x) + vec2u(third, key.x + 2u);
  x = threefry_even(x) + vec2u(key.x, key.y + 3u);
  x = threefry_odd(x) + vec2u(key.y, third + 4u);
  return threefry_even(x) + vec2u(third, key.x + 5u);
}

// -1 where the uniform of the word is below 0.5, that is where its top bit is clear; else 1.
fn random_sign(word: u32) -> f32 {
  return select(-1.0, 1.0, word >= 0x80000000u);
}
