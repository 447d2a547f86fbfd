// Rows of a count x n array, four entries at a time: whole vec4s where n is a multiple of four (WIDE), else
// single words. The shader that uses this binds the same buffer as x: array<f32> and x4: array<vec4f>, and its
// output as y and y4, the one that is not used being a stand-in: two writable views may not overlap. EDGE: n is no
// multiple of 16, or a row sees only part of its columns; without it no index is clamped and nothing masked,
// which makes the sweeps twice as fast on a software adapter.

// Entries at, at + 1, ... of x, at a multiple of four from the row's begin; those from `end` on repeat the last.
fn load4(at: u32, end: u32) -> vec4f {
  if (WIDE) {
    return x4[select(at, min(at, end - 4u), EDGE) / 4u];
  }
  let i = min(vec4u(at, at + 1u, at + 2u, at + 3u), vec4u(end - 1u));
  return vec4f(x[i.x], x[i.y], x[i.z], x[i.w]);
}

fn store4(at: u32, end: u32, value: vec4f) {
  if (EDGE && at >= end) {
    return;
  }
  if (WIDE) {
    y4[at / 4u] = value;
    return;
  }
  for (var j = 0u; j < min(4u, end - at); j++) {
    y[at + j] = value[j];
  }
}

// The entries where at + j < end, and `other` in the place of the rest.
fn within(value: vec4f, at: u32, end: u32, other: f32) -> vec4f {
  if (!EDGE) {
    return value;
  }
  return select(vec4f(other), value, vec4u(at, at + 1u, at + 2u, at + 3u) < vec4u(end));
}
