//! use linear
//! use quantized
// Entries from codes and scales, one rounding each; one invocation a word.
//   codes: rows x words    scales: rows x blocks    x: rows x cols
// Reference: app/kernels/quantize.ts. Test: app/kernels/quantize.test.ts.

struct Params {
  rows: u32,
  cols: u32,
  block: u32,
  blocks: u32,
  words: u32,
  bits: u32,
  scheme: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> codes: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(64)
fn dequantize(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.rows * p.words) {
    return;
  }
  let row = i / p.words;
  let per = 32u / p.bits;
  let first = (i % p.words) * per;
  let word = codes[i];
  for (var j = first; j < min(p.cols, first + per); j++) {
    x[row * p.cols + j] = scales[row * p.blocks + j / p.block] * level_of(word, j - first, p.bits, p.scheme);
  }
}
