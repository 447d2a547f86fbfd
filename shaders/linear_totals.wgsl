//! use linear
// First step of h_t = a_t h_(t-1) + b_t along the middle dimension of outer x n x inner: every chunk as one
// step, (A, B) = (product of a, h from zero). Pairs combine as (a1, b1) then (a2, b2) = (a1 a2, a2 b1 + b2).
//
// One invocation a chunk of a line, barrier-free. Source: Blelloch 1990, section 1.4. Bound, reference:
// app/kernels/linearscan.ts. Test: app/kernels/linearscan.test.ts.

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
@group(0) @binding(3) var<storage, read_write> product: array<f32>;
@group(0) @binding(4) var<storage, read_write> state: array<f32>;

@compute @workgroup_size(64)
fn linear_totals(
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
  var decay = 1.0;
  var h = 0.0;
  for (var t = first; t < last; t++) {
    let place = select(t, p.n - 1u - t, p.reverse == 1u);
    let i = (line * p.n + place) * p.inner + column;
    h = a[i] * h + b[i];
    decay *= a[i];
  }
  product[at] = decay;
  state[at] = h;
}
