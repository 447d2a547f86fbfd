// Softmax of rows of whole blocks of 16 entries, y_ij = exp(t_ij) / sum_l exp(t_il) with t = scale x, or its
// logarithm (log = 1): softmax.wgsl without edges, mask or bias, for the commonest case.
//   x, y: count x n, n = 16 blocks
//
// One invocation a row. A block is loaded and stored as one mat4x4f: one index to check instead of sixteen, which is
// a third of the time on a software adapter. Two sweeps: a running maximum and sum, then the result. No barrier.
// Work 5 count n flop. Error bound: app/kernels/softmax.ts. Test: app/kernels/softmax.test.ts.
//! use lanes4

struct Params {
  blocks: u32,
  count: u32,
  log: u32,
  scale: f32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<mat4x4f>;
@group(0) @binding(2) var<storage, read_write> y: array<mat4x4f>;

override ROWS: u32 = 16; //! one of 1, 4, 16, 64, 256: rows of a workgroup

@compute @workgroup_size(ROWS)
fn softmax_blocks(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = (wid.y + p.group0) * ROWS + lid.x;
  if (row >= p.count) {
    return;
  }
  let begin = row * p.blocks;
  var m = -3.0e38;
  var l = 0.0;
  for (var c = begin; c < begin + p.blocks; c++) {
    let t = p.scale * x[c];
    let top = max(m, largest4(max(max(t[0], t[1]), max(t[2], t[3]))));
    l = l * exp(m - top) + sum4((exp(t[0] - top) + exp(t[1] - top)) + (exp(t[2] - top) + exp(t[3] - top)));
    m = top;
  }
  if (p.log != 0u) {
    let shift = vec4f(m + log(l));
    for (var c = begin; c < begin + p.blocks; c++) {
      y[c] = p.scale * x[c] - mat4x4f(shift, shift, shift, shift);
    }
    return;
  }
  let share = 1.0 / l;
  for (var c = begin; c < begin + p.blocks; c++) {
    let t = p.scale * x[c];
    y[c] = share * mat4x4f(exp(t[0] - m), exp(t[1] - m), exp(t[2] - m), exp(t[3] - m));
  }
}
