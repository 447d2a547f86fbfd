//! use linear
//! use scan_op
// First step of a scan along the middle dimension of outer x n x inner: the total of every chunk of every line,
// outer x chunks x inner. With FLAGS a total begins anew where a segment does, and `resets` says whether one did.
//
// One invocation a chunk, barrier-free; neighbours in x read neighbours in memory when inner > 1. Sums run in
// groups of 16, so that no chain of roundings is longer than 16 + chunk / 16.
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
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> flags: array<u32>;
@group(0) @binding(3) var<storage, read_write> totals: array<f32>;
@group(0) @binding(4) var<storage, read_write> resets: array<u32>;

@compute @workgroup_size(64)
fn scan_totals(
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
  var group = scan_identity();
  var reset = 0u;
  for (var t = first; t < last; t++) {
    let place = select(t, p.n - 1u - t, p.reverse == 1u);
    let i = (line * p.n + place) * p.inner + column;
    if (FLAGS) {
      // Flags mark the first element of a segment in memory: going back, the one after it was the last.
      let edge = place + p.reverse;
      var starts = t == 0u && p.reverse == 1u;
      if (edge < p.n) {
        starts = flags[select((line * p.n + edge) * p.inner + column, edge, p.flag_line == 1u)] != 0u;
      }
      if (starts) {
        total = scan_identity();
        group = scan_identity();
        reset = 1u;
      }
    }
    group = combine(group, x[i]);
    if ((t & 15u) == 15u) {
      total = combine(total, group);
      group = scan_identity();
    }
  }
  totals[at] = combine(total, group);
  if (FLAGS) {
    resets[at] = reset;
  }
}
