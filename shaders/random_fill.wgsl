// Fills x with the draws start, start + 1, ... of one stream: uniform (kind 0), standard normal (1), signs (2).
//
// u = ((w >> 8) + 1/2) 2^-24 as on the CPU. WGSL promises little for log and cos, so both are made here: log
// from exponent and an atanh series, cos of a turn by reduction in integers to the nearest quarter turn, so
// that values near zero keep their digits. Error of a normal: a few units in the last place.
// Reference: app/math/threefry.ts. Test: app/kernels/random.test.ts.
//! use linear
//! use threefry

struct Params {
  seed: u32,
  stream: u32,
  start: u32,
  count: u32,
  kind: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;

// -log((h + 1/2) 2^-24) for h < 2^24.
fn minus_log_uniform(h: u32) -> f32 {
  if (h >= 0x800000u) {
    // Above 1/2: 1 - u is exact, and log(1 - t) = -2 atanh(t / (2 - t)).
    let t = (f32(0xFFFFFFu - h) + 0.5) * 0x1p-24;
    return 2.0 * atanh_series(t / (2.0 - t));
  }
  // u = f 2^-e with f in [sqrt(1/2), sqrt(2)).
  let value = f32(h) + 0.5;
  let bits = bitcast<u32>(value);
  var e = i32(bits >> 23u) - 127;
  var f = bitcast<f32>((bits & 0x7FFFFFu) | 0x3F800000u);
  if (f > 1.41421356) {
    f *= 0.5;
    e += 1;
  }
  let log_f = 2.0 * atanh_series((f - 1.0) / (f + 1.0));
  // ln 2 in two parts: the first times a small integer is exact.
  let n = f32(24 - e);
  return n * 0.693359375 + (n * -2.12194440e-4 - log_f);
}

// atanh(s) for |s| <= 0.34.
fn atanh_series(s: f32) -> f32 {
  let z = s * s;
  let tail = 1.0 / 3.0 + z * (0.2 + z * (1.0 / 7.0 + z * (1.0 / 9.0 + z * (1.0 / 11.0 + z * (1.0 / 13.0 + z / 15.0)))));
  return s + s * z * tail;
}

// cos(2 pi (h + 1/2) 2^-24) for h < 2^24.
fn cos_turn(h: u32) -> f32 {
  let quarter = (h + 0x200000u) >> 22u;
  // Distance to the nearest quarter turn, in 2^-24 turns; exact.
  let d = f32(i32(h) - i32(quarter << 22u)) + 0.5;
  let r = d * 3.7450704e-7;
  let z = r * r;
  let c = 1.0 - 0.5 * z + z * z * (4.16666642e-2 + z * (-1.38888677e-3 + z * 2.47609e-5));
  let s = r + r * z * (-1.66666667e-1 + z * (8.33333097e-3 + z * (-1.98403e-4 + z * 2.7e-6)));
  switch (quarter & 3u) {
    case 0u: { return c; }
    case 1u: { return -s; }
    case 2u: { return -c; }
    default: { return s; }
  }
}

@compute @workgroup_size(64)
fn random_fill(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let words = threefry(vec2u(p.seed, p.stream), vec2u(p.start + at, 0u)) >> vec2u(8u);
  var value = (f32(words.x) + 0.5) * 0x1p-24;
  if (p.kind == 1u) {
    value = sqrt(2.0 * minus_log_uniform(words.x)) * cos_turn(words.y);
  } else if (p.kind == 2u) {
    value = select(1.0, -1.0, words.x < 0x800000u);
  }
  x[at] = value;
}
