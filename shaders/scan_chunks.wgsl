//! use linear
//! use scan_op
// Last step of a scan along the middle dimension of outer x n x inner: every chunk is scanned from the scan of
// the totals of those before it, `before` (outer x chunks x inner, inclusive). Layout, flags and groups as in
// scan_totals.wgsl.
// Bound, reference: app/kernels/scan.ts. Test: app/kernels/scan.test.ts.

override FLAGS: bool = false;

struct Params {
  n: u32,
  inner: u32,
  chunk: u32,
  chunks: u32,
  count: u32, // outer * chunks * inner
  reverse: u32, // 1: from the last element to the first
  flag_line: u32, // 1: the flags are one line of n for all; 0: one an element
  exclusive: u32, // 1: without the element itself
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> flags: array<u32>;
@group(0) @binding(3) var<storage, read> before: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn scan_chunks(
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
  var total = scan_identity();
  if (first > 0u) {
    total = before[at - p.inner];
  }
  var group = scan_identity();
  for (var t = first; t < last; t++) {
    let place = select(t, p.n - 1u - t, p.reverse == 1u);
    let i = (line * p.n + place) * p.inner + column;
    if (FLAGS) {
      let edge = place + p.reverse;
      var starts = t == 0u && p.reverse == 1u;
      if (edge < p.n) {
        starts = flags[select((line * p.n + edge) * p.inner + column, edge, p.flag_line == 1u)] != 0u;
      }
      if (starts) {
        total = scan_identity();
        group = scan_identity();
      }
    }
    if (p.exclusive == 1u) {
      y[i] = combine(total, group);
      group = combine(group, x[i]);
    } else {
      group = combine(group, x[i]);
      y[i] = combine(total, group);
    }
    if ((t & 15u) == 15u) {
      total = combine(total, group);
      group = scan_identity();
    }
  }
}
