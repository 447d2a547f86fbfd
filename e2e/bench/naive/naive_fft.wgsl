// One Stockham stage of radix 2 on n complex numbers, twiddles by cos and sin. log2 n of them.
// With span = 1, 2, 4, ...: butterfly k joins entries k and k + n / 2.

struct Params {
  n: u32,
  span: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> xr: array<f32>;
@group(0) @binding(2) var<storage, read> xi: array<f32>;
@group(0) @binding(3) var<storage, read_write> yr: array<f32>;
@group(0) @binding(4) var<storage, read_write> yi: array<f32>;

@compute @workgroup_size(64)
fn naive_fft(@builtin(global_invocation_id) id: vec3u) {
  let half = p.n / 2u;
  if (id.x >= half) {
    return;
  }
  let within = id.x % p.span;
  let angle = -3.14159265358979 * f32(within) / f32(p.span);
  let w = vec2f(cos(angle), sin(angle));
  let u = vec2f(xr[id.x], xi[id.x]);
  let t = vec2f(xr[id.x + half], xi[id.x + half]);
  let v = vec2f(t.x * w.x - t.y * w.y, t.x * w.y + t.y * w.x);
  let at = (id.x - within) * 2u + within;
  yr[at] = u.x + v.x;
  yi[at] = u.y + v.y;
  yr[at + p.span] = u.x - v.x;
  yi[at + p.span] = u.y - v.y;
}
