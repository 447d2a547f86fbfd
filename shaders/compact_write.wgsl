//! use linear
// The indices of the entries that are kept, in order.
//   mask: size    offsets: chunks    kept: as many as are kept
// Reference: app/kernels/gather.ts. Test: app/kernels/gather.test.ts.

struct Params {
  size: u32,
  chunk: u32,
  chunks: u32,
  bits: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> mask: array<u32>;
@group(0) @binding(2) var<storage, read> offsets: array<u32>;
@group(0) @binding(3) var<storage, read_write> kept: array<u32>;

@compute @workgroup_size(64)
fn compact_write(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.chunks) {
    return;
  }
  var to = offsets[i];
  for (var at = i * p.chunk; at < min(p.size, (i + 1u) * p.chunk); at++) {
    if ((mask[at] & p.bits) != 0u) {
      kept[to] = at;
      to++;
    }
  }
}
