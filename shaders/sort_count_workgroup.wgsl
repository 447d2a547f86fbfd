//! use sort_key
// Radix sort of 4 bits, first step of a pass on GPUs: a workgroup counts the digits of a tile of 1024 keys.
//   keys: rows x n    tally: rows x 16 x tiles
//
// Reference: app/kernels/sort.ts. Test: app/kernels/sort.test.ts.

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

var<workgroup> counts: array<atomic<u32>, 16>;

@compute @workgroup_size(256)
fn sort_count_workgroup(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  if (lid.x < 16u) {
    atomicStore(&counts[lid.x], 0u);
  }
  workgroupBarrier();
  for (var i = lid.x; i < 1024u; i += 256u) {
    let j = wid.x * 1024u + i;
    if (j < p.n) {
      let key = key_of(keys[wid.y * p.n + j], p.read_as, p.flip);
      atomicAdd(&counts[(key >> p.shift) & 15u], 1u);
    }
  }
  workgroupBarrier();
  if (lid.x < 16u) {
    tally[(wid.y * 16u + lid.x) * p.chunks + wid.x] = atomicLoad(&counts[lid.x]);
  }
}
