// C = op(A) op(B), float32: EDGE x EDGE invocations compute a 4 EDGE x 4 EDGE tile of C, 4 x 4
// accumulators an invocation, k in steps of DEPTH through workgroup memory. Same order as gemm_naive for each
// accumulator; entries past the edge are staged as zero.
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

override EDGE: u32 = 16; //! one of 4, 8, 16: edge of a workgroup; a tile of C is four times as wide
override DEPTH: u32 = 16; //! one of 4, 8, 16, 32: steps of k that a tile holds
var<workgroup> tile_a: array<f32, 4 * EDGE * DEPTH>;
var<workgroup> tile_b: array<f32, 4 * EDGE * DEPTH>;

@compute @workgroup_size(EDGE, EDGE)
fn gemm_register(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = 4u * EDGE;
  let row0 = (wid.y + p.group0) * tile;
  let col0 = wid.x * tile;
  let base_a = wid.z * p.a_batch;
  let base_b = wid.z * p.b_batch;
  var acc: array<vec4f, 4>;
  for (var k0 = 0u; k0 < p.k; k0 += DEPTH) {
    for (var e = local; e < tile * DEPTH; e += EDGE * EDGE) {
      let t = k0 + e / tile;
      let row = row0 + e % tile;
      let col = col0 + e % tile;
      var x = 0.0;
      if (row < p.m && t < p.k) {
        x = a[base_a + row * p.a_row + t * p.a_col];
      }
      var y = 0.0;
      if (col < p.n && t < p.k) {
        y = b[base_b + t * p.b_row + col * p.b_col];
      }
      tile_a[e] = x;
      tile_b[e] = y;
    }
    workgroupBarrier();
    for (var t = 0u; t < DEPTH; t++) {
      // Rows and columns EDGE apart, so that neighbours read neighbouring words.
      let at_a = t * tile + lid.y;
      let at_b = t * tile + lid.x;
      let y = vec4f(tile_b[at_b], tile_b[at_b + EDGE], tile_b[at_b + 2u * EDGE], tile_b[at_b + 3u * EDGE]);
      for (var i = 0u; i < 4u; i++) {
        acc[i] += tile_a[at_a + i * EDGE] * y;
      }
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) {
    let row = row0 + lid.y + i * EDGE;
    for (var j = 0u; j < 4u; j++) {
      let col = col0 + lid.x + j * EDGE;
      if (row < p.m && col < p.n) {
        c[(wid.z * p.m + row) * p.n + col] = acc[i][j];
      }
    }
  }
}
