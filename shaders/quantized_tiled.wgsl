// Y = X W^T with W quantized by blocks along its rows, for many rows of X on GPUs: a tile of W is dequantized on its
// way into workgroup memory, and no W in float is ever stored.
//   X: m x k    codes: n x words    scales: n x blocks    Y: m x n
//
// A workgroup of 8 x 8 computes 32 x 32 entries, 4 x 4 an invocation, in steps of eight of k, as gemm_workgroup.wgsl
// does. NF4 levels lie in workgroup memory too: GPUs index registers badly.
// |error| <= (k + 4) u |X| |W|^T. Work 2mnk flop.
// Reference: app/kernels/quantize.ts. Test: app/kernels/quantize.test.ts.
//! use outer
//! use quantized

struct Params {
  m: u32,
  n: u32,
  k: u32,
  block: u32,
  blocks: u32,
  words: u32,
  bits: u32,
  scheme: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> codes: array<u32>;
@group(0) @binding(3) var<storage, read> scales: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

const EDGE = 8u;
const PITCH = 9u; // one more than needed, or transposing stores would all meet in one bank
var<workgroup> tile_x: array<vec4f, EDGE * PITCH>;
var<workgroup> tile_w: array<vec4f, EDGE * PITCH>;
var<workgroup> levels: array<f32, 16>;

fn load_x(row: u32, t: u32) -> vec4f {
  let rows = vec4u(row) + vec4u(0u, 1u, 2u, 3u);
  let inside = (rows < vec4u(p.m)) & vec4<bool>(t < p.k);
  let at = select(vec4u(), rows * p.k + t, inside);
  return select(vec4f(), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), inside);
}

// Entry t of row `col` of W; past the edges 0.
fn weight(col: u32, t: u32) -> f32 {
  if (col >= p.n || t >= p.k) {
    return 0.0;
  }
  let per = 32u / p.bits;
  let word = codes[col * p.words + t / per];
  let scale = scales[col * p.blocks + t / p.block];
  if (p.scheme == 1u) {
    return scale * levels[(word >> (4u * (t % per))) & 15u];
  }
  return scale * level_of(word, t % per, p.bits, p.scheme);
}

@compute @workgroup_size(8, 8)
fn quantized_tiled(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  if (local < 16u) {
    levels[local] = nf4[local];
  }
  workgroupBarrier();
  let row0 = (wid.y + p.group0) * 32u;
  let col0 = wid.x * 32u;
  // Neighbours stage neighbours along k.
  let t = local % EDGE;
  let four = 4u * (local / EDGE);
  var block = mat4x4f();
  for (var k0 = 0u; k0 < p.k; k0 += EDGE) {
    tile_x[t * PITCH + local / EDGE] = load_x(row0 + four, k0 + t);
    let col = col0 + four;
    tile_w[t * PITCH + local / EDGE] =
      vec4f(weight(col, k0 + t), weight(col + 1u, k0 + t), weight(col + 2u, k0 + t), weight(col + 3u, k0 + t));
    workgroupBarrier();
    for (var s = 0u; s < EDGE * PITCH; s += PITCH) {
      block = add_outer(block, tile_x[s + lid.y], tile_w[s + lid.x]);
    }
    workgroupBarrier();
  }
  let row = row0 + 4u * lid.y;
  let col = col0 + 4u * lid.x;
  var lines = block;
  for (var i = 0u; i < min(4u, max(p.m, row) - row); i++) {
    for (var j = 0u; j < min(4u, max(p.n, col) - col); j++) {
      y[(row + i) * p.n + col + j] = lines[i][j];
    }
  }
}
