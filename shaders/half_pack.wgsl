// Float32 to float16, two to a word (the even entry in the lower half); an odd last entry stands beside a zero.
// To nearest, ties to even, by integers alone: WGSL leaves the rounding of its own conversion open. |x| >= 65520
// becomes infinite, a NaN stays one, subnormal halves are kept. Exact: the twin gives the same bits.
// Reference: app/math/float16.ts. Test: app/kernels/half.test.ts.

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

// The bits of a float32 as those of the nearest float16.
fn half_bits(bits: u32) -> u32 {
  let sign = (bits >> 16u) & 0x8000u;
  let magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {
    return sign | 0x7e00u;
  }
  if (magnitude >= 0x477ff000u) {
    return sign | 0x7c00u;
  }
  if (magnitude >= 0x38800000u) {
    // Bits 0 to 12 fall away. A carry runs into the exponent by itself.
    let rest = magnitude - 0x38000000u;
    return sign | ((rest + 0xfffu + ((rest >> 13u) & 1u)) >> 13u);
  }
  if (magnitude < 0x33000000u) {
    return sign;
  }
  // A multiple of 2^-24: the fraction with its leading one, shifted by 14 to 24 places.
  let shift = 126u - (magnitude >> 23u);
  let fraction = (magnitude & 0x7fffffu) | 0x800000u;
  let kept = fraction >> shift;
  let lost = fraction & ((1u << shift) - 1u);
  let tie = 1u << (shift - 1u);
  let up = lost > tie || (lost == tie && (kept & 1u) == 1u);
  return sign | (kept + u32(up));
}

@compute @workgroup_size(64)
fn half_pack(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = gid.y * groups.x * 64u + gid.x;
  let at = 2u * word;
  if (at >= p.count) {
    return;
  }
  var packed = half_bits(x[at]);
  if (at + 1u < p.count) {
    packed |= half_bits(x[at + 1u]) << 16u;
  }
  y[word] = packed;
}
