//! use linear
//! use quantized
// Codes of the entries in units of their block's scale, 32 / bits to a word; one invocation a word.
//   x: rows x cols    scales: rows x blocks    codes: rows x words
// Half a scale from the entry at most, and the rounding of the division. A block of zeros has the scale 0 and
// the codes of 0. Reference: app/kernels/quantize.ts. Test: app/kernels/quantize.test.ts.

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
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read_write> codes: array<u32>;

@compute @workgroup_size(64)
fn quantize_codes(
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
  var word = 0u;
  for (var j = first; j < min(p.cols, first + per); j++) {
    let scale = scales[row * p.blocks + j / p.block];
    var y = 0.0;
    if (scale > 0.0) {
      y = x[row * p.cols + j] / scale;
    }
    word |= code_of(y, p.bits, p.scheme) << (p.bits * (j - first));
  }
  codes[i] = word;
}
