//! use linear
//! use sort_key
// Radix sort, last step of a pass: every key (and value) to its place, in order within a digit, so stable.
//   keys, values: rows x n    offsets: rows x radix x chunks    totals: rows x radix
//
// One invocation a chunk, serial, no barrier. `values_as` 0: none, 1: read, 2: the index of the key in its row.
// Reference: app/kernels/sort.ts. Test: app/kernels/sort.test.ts.

struct Params {
  n: u32,
  rows: u32,
  chunk: u32,
  chunks: u32,
  shift: u32,
  bits: u32,
  read_as: u32,
  write_as: u32,
  flip: u32,
  values_as: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> keys: array<u32>;
@group(0) @binding(2) var<storage, read> values: array<u32>;
@group(0) @binding(3) var<storage, read> offsets: array<u32>;
@group(0) @binding(4) var<storage, read> totals: array<u32>;
@group(0) @binding(5) var<storage, read_write> keys_out: array<u32>;
@group(0) @binding(6) var<storage, read_write> values_out: array<u32>;

var<private> place: array<u32, 256>;

@compute @workgroup_size(4)
fn sort_scatter(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index4(wid, nwg, lid);
  if (i >= p.rows * p.chunks) {
    return;
  }
  let row = i / p.chunks;
  let chunk = i % p.chunks;
  let radix = 1u << p.bits;
  var base = row * p.n;
  for (var d = 0u; d < radix; d++) {
    place[d] = base + offsets[(row * radix + d) * p.chunks + chunk];
    base += totals[row * radix + d];
  }
  let start = chunk * p.chunk;
  let end = min(p.n, start + p.chunk);
  for (var j = start; j < end; j++) {
    let at = row * p.n + j;
    let key = key_of(keys[at], p.read_as, p.flip);
    let digit = (key >> p.shift) & (radix - 1u);
    let to = place[digit];
    place[digit] = to + 1u;
    keys_out[to] = word_of(key, p.write_as, p.flip);
    if (p.values_as == 1u) {
      values_out[to] = values[at];
    } else if (p.values_as == 2u) {
      values_out[to] = j;
    }
  }
}
