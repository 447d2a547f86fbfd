// Bits of an entry as an unsigned key whose order is that of the entries: -inf ... -0, +0 ... +inf, then every
// NaN. `read_as` 0: u32, 1: f32 bits, 2: a key already. `flip` (all ones) turns the order round, still stable.
fn key_of(word: u32, read_as: u32, flip: u32) -> u32 {
  if (read_as == 2u) {
    return word;
  }
  if (read_as == 0u) {
    return word ^ flip;
  }
  if ((word & 0x7fffffffu) > 0x7f800000u) {
    return 0xffffffffu;
  }
  return (word ^ select(0x80000000u, 0xffffffffu, word >= 0x80000000u)) ^ flip;
}

// The entry of a key: `write_as` 0: u32, 1: f32 bits, 2: the key itself.
fn word_of(key: u32, write_as: u32, flip: u32) -> u32 {
  if (write_as == 2u) {
    return key;
  }
  if (write_as == 0u) {
    return key ^ flip;
  }
  if (key == 0xffffffffu) {
    return 0x7fc00000u;
  }
  let k = key ^ flip;
  return k ^ select(0xffffffffu, 0x80000000u, k >= 0x80000000u);
}
