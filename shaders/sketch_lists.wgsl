//! use linear
// Column lists of a sparse sketch: for column c, entries list[starts[c] .. starts[c + 1]) hold the rows of
// its nonzeros in increasing order, top bit set for -1.
//
// One invocation a column: a first look counts the entries of the columns before it, which is where its own
// begin; a second look writes them. No atomics, so the order, and with it every rounded sum, is always the
// same. Work 2 n zeta reads a column. Test: app/kernels/sketch.test.ts.

struct Params {
  n: u32,
  l: u32,
  zeta: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> entries: array<u32>;
@group(0) @binding(2) var<storage, read_write> starts: array<u32>;
@group(0) @binding(3) var<storage, read_write> list: array<u32>;

@compute @workgroup_size(64)
fn sketch_lists(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let column = linear_index(wid, nwg, lid);
  if (column > p.l) {
    return;
  }
  let count = p.n * p.zeta;
  var at = 0u;
  for (var i = 0u; i < count; i++) {
    at += select(0u, 1u, (entries[i] & 0x7fffffffu) < column);
  }
  starts[column] = at;
  for (var i = 0u; i < count; i++) {
    if ((entries[i] & 0x7fffffffu) == column) {
      list[at] = (i / p.zeta) | (entries[i] & 0x80000000u);
      at++;
    }
  }
}
