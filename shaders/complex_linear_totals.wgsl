//! use linear
//! use complex
// linear_totals.wgsl in complex numbers.
// Bound, reference: app/kernels/linearscan.ts. Test: app/kernels/linearscan.test.ts.

struct Params {
  n: u32,
  inner: u32,
  chunk: u32,
  chunks: u32,
  count: u32, // outer * chunks * inner
  reverse: u32, // 1: from the last element to the first
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec2f>;
@group(0) @binding(2) var<storage, read> b: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> product: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> state: array<vec2f>;

@compute @workgroup_size(64)
fn complex_linear_totals(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  let column = at % p.inner;
  let line = at / p.inner / p.chunks;
  let first = (at / p.inner - line * p.chunks) * p.chunk;
  let last = min(first + p.chunk, p.n);
  var decay = vec2f(1.0, 0.0);
  var h = vec2f();
  for (var t = first; t < last; t++) {
    let place = select(t, p.n - 1u - t, p.reverse == 1u);
    let i = (line * p.n + place) * p.inner + column;
    h = cmul(a[i], h) + b[i];
    decay = cmul(decay, a[i]);
  }
  product[at] = decay;
  state[at] = h;
}
