// Y = A B, A 2:4 sparse (m x k), B dense (k x n): two_four_matmul.wgsl for GPUs on which workgroup memory is fast.
//   values: m x k / 2    places: m x words    b: k x n    y: m x n
//
// A workgroup of 16 x 16 computes 32 x 64 entries, two rows of four columns an invocation. 32 rows of B, those that a
// word of places picks from, are staged in workgroup memory (8 KiB), so that B is read once for 32 rows of Y.
// Same order of summation: |error| <= (k / 2) u |A||B|. Work m k n flop.
// Reference: app/kernels/sparse.ts. Test: app/kernels/sparse.test.ts.

struct Params {
  m: u32,
  k: u32,
  words: u32,
  n: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read> places: array<u32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

var<workgroup> tile: array<vec4f, 32 * 16>;

// Four neighbours of a row of B; zero past the edges.
fn load_b(row: u32, col: u32) -> vec4f {
  let cols = vec4u(col) + vec4u(0u, 1u, 2u, 3u);
  let inside = (cols < vec4u(p.n)) & vec4<bool>(row < p.k);
  let at = select(vec4u(), row * p.n + cols, inside);
  return select(vec4f(), vec4f(b[at.x], b[at.y], b[at.z], b[at.w]), inside);
}

@compute @workgroup_size(16, 16)
fn two_four_tiled(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let col = 4u * (16u * wid.x + lid.x);
  let first = 32u * wid.y + 2u * lid.y;
  var sums = array<vec4f, 2>(vec4f(), vec4f());
  for (var w = 0u; w < p.words; w++) {
    tile[16u * lid.y + lid.x] = load_b(32u * w + lid.y, col);
    tile[256u + 16u * lid.y + lid.x] = load_b(32u * w + 16u + lid.y, col);
    workgroupBarrier();
    let groups = min(8u, p.k / 4u - w * 8u);
    for (var r = 0u; r < 2u; r++) {
      let row = min(first + r, p.m - 1u);
      var bits = places[row * p.words + w];
      var at = row * (p.k / 2u) + w * 16u;
      for (var g = 0u; g < groups; g++) {
        sums[r] += values[at] * tile[16u * (4u * g + (bits & 3u)) + lid.x];
        sums[r] += values[at + 1u] * tile[16u * (4u * g + ((bits >> 2u) & 3u)) + lid.x];
        bits >>= 4u;
        at += 2u;
      }
    }
    workgroupBarrier();
  }
  for (var r = 0u; r < 2u; r++) {
    for (var j = 0u; j < 4u; j++) {
      if (first + r < p.m && col + j < p.n) {
        y[(first + r) * p.n + col + j] = sums[r][j];
      }
    }
  }
}
