//! use linear
// The scale of each block: its largest size over `most`, the largest code (1 for NF4).
//   x: rows x cols    scales: rows x blocks, a block `block` entries of a row, the last one what is left
// Relative error of a scale <= 2.5 ulp. Reference: app/kernels/quantize.ts. Test: app/kernels/quantize.test.ts.

struct Params {
  rows: u32,
  cols: u32,
  block: u32,
  blocks: u32,
  most: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> scales: array<f32>;

@compute @workgroup_size(64)
fn quantize_scales(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.rows * p.blocks) {
    return;
  }
  let row = (i / p.blocks) * p.cols;
  let first = (i % p.blocks) * p.block;
  var largest = 0.0;
  for (var j = first; j < min(p.cols, first + p.block); j++) {
    largest = max(largest, abs(x[row + j]));
  }
  scales[i] = largest / p.most;
}
