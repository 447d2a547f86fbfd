//! use linear
// Last step of h_t = a_t h_(t-1) + b_t along the middle dimension of outer x n x inner: every chunk from the
// state at the end of the one before, `before` (outer x chunks x inner). Layout as in linear_totals.wgsl.
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
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> before: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn linear_chunks(
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
  var h = 0.0;
  if (first > 0u) {
    h = before[at - p.inner];
  }
  for (var t = first; t < last; t++) {
    let place = select(t, p.n - 1u - t, p.reverse == 1u);
    let i = (line * p.n + place) * p.inner + column;
    h = a[i] * h + b[i];
    y[i] = h;
  }
}
