// T = A^T for a batch of row-major float32 matrices of any size: A m x n, T n x m, for GPUs on which workgroup
// memory is fast.
//
// A workgroup of 32 x 8 carries a 32 x 32 tile through workgroup memory, so that both the reads and the writes of
// neighbouring invocations are neighbours. Tile rows are 33 long, or a column of the tile would meet in one bank.
// Bytes 8mn. Reference: Ruetsch and Micikevicius 2009. Test: app/kernels/transpose.test.ts.

struct Params {
  m: u32,
  n: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> t: array<f32>;

const PITCH = 33u;
var<workgroup> tile: array<f32, 1056>;

@compute @workgroup_size(32, 8)
fn transpose_tile(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row0 = (wid.y + p.group0) * 32u;
  let col0 = wid.x * 32u;
  let at = wid.z * p.m * p.n;
  for (var i = lid.y; i < 32u; i += 8u) {
    if (row0 + i < p.m && col0 + lid.x < p.n) {
      tile[i * PITCH + lid.x] = a[at + (row0 + i) * p.n + col0 + lid.x];
    }
  }
  workgroupBarrier();
  for (var j = lid.y; j < 32u; j += 8u) {
    if (col0 + j < p.n && row0 + lid.x < p.m) {
      t[at + (col0 + j) * p.m + row0 + lid.x] = tile[lid.x * PITCH + j];
    }
  }
}
