//! use linear
//! use threefry
// The nonzeros of a sparse sketch, zeta to a row: the columns of the zeta smallest of l uniforms, in the
// order of increasing uniform (the lower column first where two are equal), and their signs.
//
// One invocation a row, one pass over its uniforms with the smallest kept sorted in registers. Entry: column
// in the lower 31 bits, top bit set for -1. Test: app/kernels/sketch.test.ts.

struct Params {
  seed: u32,
  uniform_stream: u32,
  sign_stream: u32,
  n: u32,
  l: u32,
  zeta: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> entries: array<u32>;

@compute @workgroup_size(64)
fn sketch_positions(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let row = linear_index(wid, nwg, lid);
  if (row >= p.n) {
    return;
  }
  var keys: array<u32, 8>;
  var columns: array<u32, 8>;
  for (var t = 0u; t < 8u; t++) {
    keys[t] = 0xffffffffu; // above every 24-bit key
  }
  for (var c = 0u; c < p.l; c++) {
    let key = threefry2x32(vec2u(p.seed, p.uniform_stream), vec2u(row * p.l + c, 0u)).x >> 8u;
    if (key >= keys[p.zeta - 1u]) {
      continue;
    }
    var at = p.zeta - 1u;
    while (at > 0u && keys[max(at, 1u) - 1u] > key) {
      keys[at] = keys[at - 1u];
      columns[at] = columns[at - 1u];
      at--;
    }
    keys[at] = key;
    columns[at] = c;
  }
  for (var t = 0u; t < p.zeta; t++) {
    let i = row * p.zeta + t;
    let word = threefry2x32(vec2u(p.seed, p.sign_stream), vec2u(i, 0u)).x;
    entries[i] = columns[t] | select(0x80000000u, 0u, word >= 0x80000000u);
  }
}
