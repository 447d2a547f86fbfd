// A standard normal from two random words: sqrt(-2 ln u0) cos(2 pi u1), u = ((w >> 8) + 0.5) 2^-24.
//
// WGSL promises little of log, cos and sqrt, and lets a compiler fuse and reorder float arithmetic, so all
// of it runs in 32-bit fixed point ("Qk" is an integer in units of 2^-k). The one float in it is the seed of
// the square root, which a Newton step corrects. u0 near 1 goes through the exact 1 - u0, the angle is folded
// into an octant in integers, so small results keep their digits. Within 1 ulp of the float32-rounded float64
// normal (app/math/threefry.ts), measured over 10^6 draws in app/kernels/random.test.ts.

// value = mantissa 2^exponent, top bit of the mantissa set.
struct Scaled {
  mantissa: u32,
  exponent: i32,
}

// ceil(2^31 / (1 + i/32)) and minus the logarithm of that quotient, Q32.
const RECIPROCAL = array<u32, 32>(
  0x80000000u, 0x7c1f07c2u, 0x78787879u, 0x75075076u, 0x71c71c72u, 0x6eb3e454u, 0x6bca1af3u, 0x6906906au,
  0x66666667u, 0x63e7063fu, 0x61861862u, 0x5f417d06u, 0x5d1745d2u, 0x5b05b05cu, 0x590b2165u, 0x572620afu,
  0x55555556u, 0x5397829du, 0x51eb851fu, 0x50505051u, 0x4ec4ec4fu, 0x4d4873edu, 0x4bda12f7u, 0x4a7904a8u,
  0x4924924au, 0x47dc11f8u, 0x469ee585u, 0x456c797eu, 0x44444445u, 0x4325c53fu, 0x42108422u, 0x41041042u,
);
const RECIPROCAL_LOG = array<u32, 32>(
  0x00000000u, 0x07e0a6c3u, 0x0f85185fu, 0x16f0d289u, 0x1e27076eu, 0x252aa5eeu, 0x2bfe60e0u, 0x32a4b538u,
  0x391fef8eu, 0x3f7230d9u, 0x459d72adu, 0x4ba38aebu, 0x51862f07u, 0x5746f6fbu, 0x5ce75fd9u, 0x6268ce19u,
  0x67cc8fb1u, 0x6d13ddeeu, 0x723fdf1eu, 0x7751a811u, 0x7c4a3d7eu, 0x812a952cu, 0x85f39720u, 0x8aa61e96u,
  0x8f42faf1u, 0x93caf091u, 0x983eb998u, 0x9c9f069au, 0xa0ec7f3fu, 0xa527c2edu, 0xa951692fu, 0xad6a025eu,
);
// (pi/4)^(2k) / (2k)! and (pi/4)^(2k+1) / (2k+1)!, Q31: cos and sin of pi/4 z, series in z^2.
const COS = array<u32, 6>(
  0x80000000u, 0x277a7993u, 0x020783e1u, 0x000aae9eu,
  0x00001e1fu, 0x00000035u,
);
const SIN = array<u32, 6>(
  0x6487ed51u, 0x0a55de73u, 0x00519af2u, 0x000132d3u,
  0x000002a1u, 0x00000004u,
);
// 2^-5k / (k + 1) and 2^-4k / (k + 1), Q31: the series of log(1 - t) / -t in 32 t and of log(1 + f) / f in 16 f.
const LOG_NEAR_ONE = array<u32, 6>(
  0x80000000u, 0x02000000u, 0x000aaaabu, 0x00004000u,
  0x0000019au, 0x0000000bu,
);
const LOG_REDUCED = array<u32, 6>(
  0x80000000u, 0x04000000u, 0x002aaaabu, 0x00020000u,
  0x0000199au, 0x00000155u,
);
const LN2_Q32 = 0xb17217f8u;
const LN2_Q27 = 0x058b90c0u;

// Upper word of the 64-bit product.
fn mul_high(a: u32, b: u32) -> u32 {
  let al = a & 0xffffu;
  let ah = a >> 16u;
  let bl = b & 0xffffu;
  let bh = b >> 16u;
  let middle = ah * bl + ((al * bl) >> 16u);
  let cross = al * bh + (middle & 0xffffu);
  return ah * bh + (middle >> 16u) + (cross >> 16u);
}

fn normalized(word: u32, exponent: i32) -> Scaled {
  let shift = countLeadingZeros(word);
  return Scaled(word << shift, exponent - i32(shift));
}

// c0 - z (c1 - z (c2 - ...)), z in Q32.
fn alternating(c: array<u32, 6>, z: u32) -> u32 {
  return c[0] - mul_high(z, c[1] - mul_high(z, c[2] - mul_high(z, c[3] - mul_high(z, c[4] - mul_high(z, c[5])))));
}

// c0 + z (c1 + z (c2 + ...)), z in Q32.
fn ascending(c: array<u32, 6>, z: u32) -> u32 {
  return c[0] + mul_high(z, c[1] + mul_high(z, c[2] + mul_high(z, c[3] + mul_high(z, c[4] + mul_high(z, c[5])))));
}

// -ln u for u = j 2^-25, j odd.
fn minus_log(j: u32) -> Scaled {
  let t = 0x2000000u - j;
  if (t < 0x100000u) {
    // u > 1 - 2^-5: -ln(1 - t) = t (1 + t/2 + t^2/3 + ...), all digits of t kept.
    let head = normalized(t, -25);
    return normalized(mul_high(head.mantissa, ascending(LOG_NEAR_ONE, t << 12u)), head.exponent + 1);
  }
  // u = 2^-halvings m with m in [1, 2); m times a reciprocal from the table is 1 + f, 0 <= f <= 1/32.
  let shift = countLeadingZeros(j);
  let m = j << shift;
  let i = (m >> 26u) & 31u;
  let reciprocal = RECIPROCAL[i];
  let f = (mul_high(m, reciprocal) << 6u) | ((m * reciprocal) >> 26u); // Q36
  let log_f = mul_high(f, alternating(LOG_REDUCED, f)); // Q35
  let rest = LN2_Q32 - RECIPROCAL_LOG[i] - ((log_f + 4u) >> 3u); // ln 2 - ln m
  let halvings = shift - 6u;
  if (halvings == 1u) {
    return normalized(rest, -32);
  }
  return normalized((halvings - 1u) * LN2_Q27 + ((rest + 16u) >> 5u), -27);
}

fn square_root(x: Scaled) -> Scaled {
  // As a fraction in [1/4, 1) with an even exponent.
  let odd = u32(x.exponent & 1);
  let fraction = x.mantissa >> odd; // Q32
  let exponent = (x.exponent + 32 + i32(odd)) / 2;
  let inverse = u32(inverseSqrt(f32(fraction) * 0x1p-32) * 0x1p30); // Q30
  let root = mul_high(fraction, inverse); // Q30
  let defect = 0x10000000 - i32(mul_high(root, inverse)); // Q28
  let correction = i32(f32(root) * f32(defect) * 0x1p-29);
  return normalized(u32(i32(root) + correction), exponent - 30);
}

// |cos(2 pi u)| for u = a 2^-25, a odd.
fn cos_turn(a: u32) -> Scaled {
  let half = min(a, 0x2000000u - a);
  let quarter = min(half, 0x1000000u - half);
  if (quarter < 0x400000u) {
    let z = quarter << 10u;
    return normalized(alternating(COS, mul_high(z, z)), -31);
  }
  let angle = 0x800000u - quarter;
  let z = angle << 10u;
  let head = normalized(angle, -22);
  return normalized(mul_high(head.mantissa, alternating(SIN, mul_high(z, z))), head.exponent + 1);
}

fn standard_normal(words: vec2u) -> f32 {
  let radius_squared = minus_log(((words.x >> 8u) << 1u) | 1u);
  let radius = square_root(Scaled(radius_squared.mantissa, radius_squared.exponent + 1));
  let a = ((words.y >> 8u) << 1u) | 1u;
  let cosine = cos_turn(a);
  let size = normalized(mul_high(radius.mantissa, cosine.mantissa), radius.exponent + cosine.exponent + 32);
  // 24 bits, rounded here: the conversion of longer integers may round either way.
  let digits = (size.mantissa >> 8u) + ((size.mantissa >> 7u) & 1u);
  let negative = min(a, 0x2000000u - a) > 0x800000u;
  let unit = bitcast<f32>((u32(size.exponent + 8 + 127) << 23u) | select(0u, 0x80000000u, negative));
  return f32(digits) * unit;
}
