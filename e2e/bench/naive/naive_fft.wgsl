// One Stockham stage of radix 2 on n complex numbers, twiddles by cos and sin. log2 n of them.
// With span = 1, 2, 4, ...: butterfly k joins entries k and k + n / 2.

struct Params {
  n: u32,
  span: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec2f>;

@compute @workgroup_size(64)
fn naive_fft(@builtin(global_invocation_id) id: vec3u) {
  let half = p.n / 2u;
  if (id.x >= half) {
    return;
  }
  let within = id.x % p.span;
  let angle = -3.14159265358979 * f32(within) / f32(p.span);
  let w = vec2f(cos(angle), sin(angle));
  let t = x[id.x + half];
  let v = vec2f(t.x * w.x - t.y * w.y, t.x * w.y + t.y * w.x);
  let at = (id.x - within) * 2u + within;
  y[at] = x[id.x] + v;
  y[at + p.span] = x[id.x] - v;
}
