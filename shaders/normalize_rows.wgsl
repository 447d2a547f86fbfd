// Layer norm (center = 1) or RMS norm (0) of every row: y = (x - mean) / sqrt(mean of (x - mean)^2 + eps), times
// gain and plus bias by column where there are any; RMS norm takes no mean off.
//   x, y: count x n    gain, bias: n
//
// Ba, Kiros, Hinton 2016 (arXiv 1607.06450); Zhang, Sennrich 2019 (arXiv 1910.07467). One invocation a row, in
// three sweeps: the squares are those of the deviations, never a difference of squares. No barrier;
// normalize_rows_subgroup.wgsl is the one for GPUs.
// Work 8 count n flop. Error bound: app/kernels/norm.ts. Test: app/kernels/norm.test.ts.
//! use lanes4
//! use rows

struct Params {
  n: u32,
  count: u32,
  center: u32,
  has_gain: u32,
  has_bias: u32,
  eps: f32,
  group0: u32,
}

override WIDE = false;
override EDGE = true;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> x4: array<vec4f>;
@group(0) @binding(3) var<storage, read> gain: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<storage, read_write> y4: array<vec4f>;

// (x - mean) inverse gain + bias at columns c.. of the row that starts at `begin`.
fn normalized(begin: u32, c: u32, mean: f32, inverse: f32) -> vec4f {
  var t = (load4(begin + c, begin + p.n) - mean) * inverse;
  let i = min(vec4u(c, c + 1u, c + 2u, c + 3u), vec4u(p.n - 1u));
  if (p.has_gain != 0u) {
    t *= vec4f(gain[i.x], gain[i.y], gain[i.z], gain[i.w]);
  }
  if (p.has_bias != 0u) {
    t += vec4f(bias[i.x], bias[i.y], bias[i.z], bias[i.w]);
  }
  return t;
}

override ROWS: u32 = 16; //! one of 1, 4, 16, 64, 256: rows of a workgroup

@compute @workgroup_size(ROWS)
fn normalize_rows(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = (wid.y + p.group0) * ROWS + lid.x;
  if (row >= p.count) {
    return;
  }
  let begin = row * p.n;
  let end = begin + p.n;
  var mean = 0.0;
  if (p.center != 0u) {
    var sums = mat4x4f();
    for (var c = 0u; c < p.n; c += 16u) {
      for (var j = 0u; j < 4u; j++) {
        let at = c + 4u * j;
        sums[j] += within(load4(begin + at, end), at, p.n, 0.0);
      }
    }
    mean = sum4((sums[0] + sums[1]) + (sums[2] + sums[3])) / f32(p.n);
  }
  var squares = mat4x4f();
  for (var c = 0u; c < p.n; c += 16u) {
    for (var j = 0u; j < 4u; j++) {
      let at = c + 4u * j;
      let t = within(load4(begin + at, end) - mean, at, p.n, 0.0);
      squares[j] += t * t;
    }
  }
  let variance = sum4((squares[0] + squares[1]) + (squares[2] + squares[3])) / f32(p.n);
  let inverse = 1.0 / sqrt(variance + p.eps);
  for (var c = 0u; c < p.n; c += 4u) {
    store4(begin + c, end, normalized(begin, c, mean, inverse));
  }
}
