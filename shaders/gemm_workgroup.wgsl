// C = alpha op(A) op(B) + beta C, row-major float32, batched, K cut into slices if asked: gemm.wgsl for GPUs
// on which workgroup memory is fast.
//
// A workgroup of 16 x 16 computes a 64 x 64 tile of C, 4 x 4 entries an invocation, and stages 64 x 16 of A
// and 16 x 64 of B in workgroup memory, padded by one against bank conflicts. Entries past the edge are
// staged as zero. Same order of summation and same error bound as gemm.wgsl.
// Reference: app/math/linalg.ts. Test: app/kernels/matmul.test.ts.

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
  slices: u32,
  k_slice: u32,
  batch: u32,
  alpha: f32,
  beta: f32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

const TILE = 64u;
const DEPTH = 16u;
const PITCH = 65u;

// Both stored depth-major: a step of k reads one row of each.
var<workgroup> tile_a: array<f32, 1040>;
var<workgroup> tile_b: array<f32, 1040>;

@compute @workgroup_size(16, 16)
fn gemm_workgroup(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let row0 = (wid.y + p.group0) * TILE;
  let col0 = wid.x * TILE;
  let batch = wid.z / p.slices;
  let slice = wid.z - batch * p.slices;
  let first = min(p.k, slice * p.k_slice);
  let last = min(p.k, first + p.k_slice);
  let base_a = batch * p.a_batch;
  let base_b = batch * p.b_batch;

  var acc: array<vec4f, 4>;
  for (var k0 = first; k0 < last; k0 += DEPTH) {
    for (var e = local; e < TILE * DEPTH; e += 256u) {
      // Neighbouring invocations read neighbouring addresses, whichever way A and B lie.
      let along_k = p.a_col == 1u;
      let i = select(e % TILE, e / DEPTH, along_k);
      let t = select(e / TILE, e % DEPTH, along_k);
      var value = 0.0;
      if (row0 + i < p.m && k0 + t < last) {
        value = a[base_a + (row0 + i) * p.a_row + (k0 + t) * p.a_col];
      }
      tile_a[t * PITCH + i] = value;

      let b_along_k = p.b_row == 1u;
      let j = select(e % TILE, e / DEPTH, b_along_k);
      let u = select(e / TILE, e % DEPTH, b_along_k);
      value = 0.0;
      if (col0 + j < p.n && k0 + u < last) {
        value = b[base_b + (k0 + u) * p.b_row + (col0 + j) * p.b_col];
      }
      tile_b[u * PITCH + j] = value;
    }
    workgroupBarrier();
    for (var t = 0u; t < DEPTH; t++) {
      let at_a = t * PITCH + lid.y * 4u;
      let at_b = t * PITCH + lid.x;
      // Columns 16 apart: the sixteen invocations of a row read sixteen neighbouring words.
      let bv = vec4f(tile_b[at_b], tile_b[at_b + 16u], tile_b[at_b + 32u], tile_b[at_b + 48u]);
      acc[0] += tile_a[at_a] * bv;
      acc[1] += tile_a[at_a + 1u] * bv;
      acc[2] += tile_a[at_a + 2u] * bv;
      acc[3] += tile_a[at_a + 3u] * bv;
    }
    workgroupBarrier();
  }

  let at = wid.z * p.m * p.n;
  for (var i = 0u; i < 4u; i++) {
    let row = row0 + lid.y * 4u + i;
    for (var j = 0u; j < 4u; j++) {
      let col = col0 + lid.x + j * 16u;
      if (row < p.m && col < p.n) {
        let index = at + row * p.n + col;
        var result = p.alpha * acc[i][j];
        if (p.beta != 0.0) {
          result += p.beta * c[index];
        }
        c[index] = result;
      }
    }
  }
}
