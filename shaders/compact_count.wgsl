//! use linear
// How many entries of each chunk are kept: those with a mask that is not zero.
//   mask: size    tally: chunks
// `bits` are those of a word that count: all of a u32, all but the sign of a float, so that -0 is zero.
// Reference: app/kernels/gather.ts. Test: app/kernels/gather.test.ts.

struct Params {
  size: u32,
  chunk: u32,
  chunks: u32,
  bits: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> mask: array<u32>;
@group(0) @binding(2) var<storage, read_write> tally: array<u32>;

@compute @workgroup_size(64)
fn compact_count(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.chunks) {
    return;
  }
  var count = 0u;
  for (var at = i * p.chunk; at < min(p.size, (i + 1u) * p.chunk); at++) {
    count += select(0u, 1u, (mask[at] & p.bits) != 0u);
  }
  tally[i] = count;
}
