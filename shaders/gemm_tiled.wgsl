// C = op(A) op(B), float32: TILE x TILE invocations stage TILE x TILE tiles of A and B in workgroup memory,
// with a barrier before and after use; entries past the edge are staged as zero. Same order as gemm_naive.
// Strides in entries say how op(A) and op(B) are stored; z is the batch.
// Reference: variantTwin in app/kernels/gemm_variants.ts. Test: app/kernels/gemm_variants.test.ts.

struct Params {
  m: u32,
  n: u32,
  k: u32,
  a_row: u32,
  a_col: u32,
  b_row: u32,
  b_col: u32,
  a_batch: u32,
  b_batch: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

override TILE: u32 = 16; //! one of 4, 8, 16: edge of a tile, and of a workgroup
var<workgroup> tile_a: array<f32, TILE * TILE>;
var<workgroup> tile_b: array<f32, TILE * TILE>;

@compute @workgroup_size(TILE, TILE)
fn gemm_tiled(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = (wid.y + p.group0) * TILE + lid.y;
  let col = wid.x * TILE + lid.x;
  let here = lid.y * TILE + lid.x;
  let at_a = wid.z * p.a_batch + row * p.a_row;
  let at_b = wid.z * p.b_batch + col * p.b_col;
  var sum = 0.0;
  for (var k0 = 0u; k0 < p.k; k0 += TILE) {
    var x = 0.0;
    if (row < p.m && k0 + lid.x < p.k) {
      x = a[at_a + (k0 + lid.x) * p.a_col];
    }
    var y = 0.0;
    if (col < p.n && k0 + lid.y < p.k) {
      y = b[at_b + (k0 + lid.y) * p.b_row];
    }
    tile_a[here] = x;
    tile_b[here] = y;
    workgroupBarrier();
    for (var t = 0u; t < TILE; t++) {
      sum += tile_a[lid.y * TILE + t] * tile_b[t * TILE + lid.x];
    }
    workgroupBarrier();
  }
  if (row < p.m && col < p.n) {
    c[(wid.z * p.m + row) * p.n + col] = sum;
  }
}
