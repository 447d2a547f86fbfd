// Buffers of a matrix product with operands in float16, two to a word, and its end, an entry at a time. An operand
// that is not in float16 holds float32. unpack2x16float is part of every WGSL, so shader-f16 is not needed.
//! use gemm_end

@group(0) @binding(1) var<storage, read> a: array<u32>;
@group(0) @binding(2) var<storage, read> b: array<u32>;

override HALF_A: bool = false;
override HALF_B: bool = false;

fn a_at(index: u32) -> f32 {
  if (HALF_A) {
    return unpack2x16float(a[index / 2u] >> (16u * (index & 1u))).x;
  }
  return bitcast<f32>(a[index]);
}

fn b_at(index: u32) -> f32 {
  if (HALF_B) {
    return unpack2x16float(b[index / 2u] >> (16u * (index & 1u))).x;
  }
  return bitcast<f32>(b[index]);
}
