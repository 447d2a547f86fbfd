// Four modes of a diagonal system, real (PARTS 1) or complex (PARTS 2), in structure-of-arrays form. In memory
// complex modes are interleaved, re, im, re, im; states are kept as four real parts, then four imaginary ones.

override PARTS: u32 = 2;
// Few lanes a workgroup where workgroups are shared out among cores, a wave on a GPU.
override LANES: u32 = 64;

struct Params {
  steps: u32, // L
  d: u32,
  quads: u32, // N / 4, N zero-padded
  quad: u32,
  chunk: u32,
  chunks: u32,
  count: u32, // chunks * d
  group0: u32,
}

struct Modes {
  re: vec4f,
  im: vec4f,
}

// Four modes from their one or two vec4f in memory.
fn modes_of(first: vec4f, second: vec4f) -> Modes {
  if (PARTS == 1u) {
    return Modes(first, vec4f());
  }
  return Modes(vec4f(first.xz, second.xz), vec4f(first.yw, second.yw));
}

// a h + x.
fn advance(a: Modes, h: Modes, x: f32) -> Modes {
  if (PARTS == 1u) {
    return Modes(a.re * h.re + x, vec4f());
  }
  return Modes(a.re * h.re - a.im * h.im + x, a.re * h.im + a.im * h.re);
}

fn times(a: Modes, b: Modes) -> Modes {
  if (PARTS == 1u) {
    return Modes(a.re * b.re, vec4f());
  }
  return Modes(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
}
