//! use linear
//! use sort_key
// Radix sort, first step of a pass: how often each digit occurs in each chunk of each row.
//   keys: rows x n    tally: rows x radix x chunks
//
// One invocation a chunk, serial, no barrier. Reference: app/kernels/sort.ts. Test: app/kernels/sort.test.ts.

struct Params {
  n: u32,
  rows: u32,
  chunk: u32,
  chunks: u32,
  shift: u32,
  bits: u32,
  read_as: u32,
  flip: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> keys: array<u32>;
@group(0) @binding(2) var<storage, read_write> tally: array<u32>;

var<private> counts: array<u32, 256>;

@compute @workgroup_size(4)
fn sort_count(
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
  for (var d = 0u; d < radix; d++) {
    counts[d] = 0u;
  }
  let first = row * p.n + chunk * p.chunk;
  let end = row * p.n + min(p.n, (chunk + 1u) * p.chunk);
  for (var at = first; at < end; at++) {
    let digit = (key_of(keys[at], p.read_as, p.flip) >> p.shift) & (radix - 1u);
    counts[digit]++;
  }
  for (var d = 0u; d < radix; d++) {
    tally[(row * radix + d) * p.chunks + chunk] = counts[d];
  }
}
