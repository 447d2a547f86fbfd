//! use linear
//! use quantized
// Y = X W^T with W quantized by blocks along its rows, dequantized on the way: no W in float is ever stored.
//   X: m x k    codes: n x words    scales: n x blocks    Y: m x n
// One invocation a row of W and four of X: each word is unpacked once for four products. A block is whole words.
// Sums of codes times X in a block, then times its scale: |error| <= (k + 4) u |X| |W|^T.
// Reference: app/kernels/quantize.ts. Test: app/kernels/quantize.test.ts.

struct Params {
  m: u32,
  n: u32,
  k: u32,
  block: u32,
  blocks: u32,
  words: u32,
  bits: u32,
  scheme: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> codes: array<u32>;
@group(0) @binding(3) var<storage, read> scales: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn quantized_matmul(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  let fours = (p.m + 3u) / 4u;
  if (i >= p.n * fours) {
    return;
  }
  let col = i % p.n;
  let row = (i / p.n) * 4u;
  let rows = min(row + vec4u(0u, 1u, 2u, 3u), vec4u(p.m - 1u)) * p.k;
  let per = 32u / p.bits;
  var sum = vec4f(0.0);
  for (var b = 0u; b < p.blocks; b++) {
    var part = vec4f(0.0);
    let end = min(p.k, (b + 1u) * p.block);
    for (var j = b * p.block; j < end; j += per) {
      let word = codes[col * p.words + j / per];
      for (var t = 0u; t < min(per, end - j); t++) {
        let at = rows + j + t;
        part += level_of(word, t, p.bits, p.scheme) * vec4f(x[at.x], x[at.y], x[at.z], x[at.w]);
      }
    }
    sum += scales[col * p.blocks + b] * part;
  }
  for (var r = 0u; r < min(4u, p.m - row); r++) {
    y[(row + r) * p.n + col] = sum[r];
  }
}
