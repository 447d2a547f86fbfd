//! use linear
// Y = A B, A 2:4 sparse (m x k), B dense (k x n): half the products of the dense one.
//   values: m x k / 2    places: m x words    b: k x n    y: m x n
// One invocation four columns of a row of Y; the two rows of B of a group of four are picked by two bits each.
// |error| <= (k / 2) u |A||B|. Work m k n flop. Reference: app/kernels/sparse.ts. Test: app/kernels/sparse.test.ts.

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

@compute @workgroup_size(64)
fn two_four_matmul(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let fours = (p.n + 3u) / 4u;
  let i = linear_index(wid, nwg, lid);
  if (i >= p.m * fours) {
    return;
  }
  let row = i / fours;
  let col = (i % fours) * 4u;
  let cols = min(col + vec4u(0u, 1u, 2u, 3u), vec4u(p.n - 1u));
  var sum = vec4f(0.0);
  for (var w = 0u; w < p.words; w++) {
    var bits = places[row * p.words + w];
    let groups = min(8u, p.k / 4u - w * 8u);
    for (var g = 0u; g < groups; g++) {
      let at = row * (p.k / 2u) + w * 16u + g * 2u;
      let row_of_b = w * 32u + g * 4u;
      let one = (row_of_b + (bits & 3u)) * p.n + cols;
      let two = (row_of_b + ((bits >> 2u) & 3u)) * p.n + cols;
      sum += values[at] * vec4f(b[one.x], b[one.y], b[one.z], b[one.w]);
      sum += values[at + 1u] * vec4f(b[two.x], b[two.y], b[two.z], b[two.w]);
      bits >>= 4u;
    }
  }
  for (var j = 0u; j < min(4u, p.n - col); j++) {
    y[row * p.n + col + j] = sum[j];
  }
}
