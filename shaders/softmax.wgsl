// Softmax of every row, y_ij = exp(t_ij) / sum_l exp(t_il) with t = scale x + bias, or its logarithm (log = 1).
//   x, y: count x n    bias: a number for each column, items x n (an item has `rows` rows); none at bias_step 0,
//   at bias_step 2 the second of two numbers each (the stats of an attention)
//
// causal: entries j > i, i the row within its item, have weight 0 and log weight -3e38.
// One invocation a row, sixteen entries at a time, in two sweeps: a running maximum and sum, then the result. The
// exponentials are made twice, which costs a software adapter less than to store and load them. No barrier;
// softmax_subgroup.wgsl is the one for GPUs. The maximum is subtracted, so nothing overflows.
// Work 5 count n flop. Error bound: app/kernels/softmax.ts. Test: app/kernels/softmax.test.ts.
//! use lanes4
//! use linear
//! use rows

struct Params {
  n: u32,
  count: u32,
  rows: u32,
  causal: u32,
  log: u32,
  bias_step: u32,
  scale: f32,
  group0: u32,
}

override WIDE = false;
override EDGE = true;
override BIAS = false;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> x4: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> y4: array<vec4f>;

const LOWEST = -3.0e38;

// t at columns c.. of the row that starts at `begin`, LOWEST from `seen` on.
fn logits(begin: u32, item: u32, c: u32, seen: u32) -> vec4f {
  var t = p.scale * load4(begin + c, begin + p.n);
  if (BIAS) {
    let i = (item * p.n + min(vec4u(c, c + 1u, c + 2u, c + 3u), vec4u(p.n - 1u)) + 1u) * p.bias_step - 1u;
    t += vec4f(bias[i.x], bias[i.y], bias[i.z], bias[i.w]);
  }
  return within(t, c, seen, LOWEST);
}

override ROWS: u32 = 16; //! one of 1, 4, 16, 64, 256: rows of a workgroup

@compute @workgroup_size(ROWS)
fn softmax(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = (wid.y + p.group0) * ROWS + lid.x;
  if (row >= p.count) {
    return;
  }
  let item = row / p.rows;
  let begin = row * p.n;
  let seen = select(p.n, min(p.n, row - item * p.rows + 1u), p.causal != 0u);
  var m = LOWEST;
  var l = 0.0;
  for (var c = 0u; c < seen; c += 16u) {
    let a = logits(begin, item, c, seen);
    let b = logits(begin, item, c + 4u, seen);
    let d = logits(begin, item, c + 8u, seen);
    let e = logits(begin, item, c + 12u, seen);
    let top = max(m, largest4(max(max(a, b), max(d, e))));
    l = l * exp(m - top) + sum4((exp(a - top) + exp(b - top)) + (exp(d - top) + exp(e - top)));
    m = top;
  }
  let shift = m + select(0.0, log(l), p.log != 0u);
  let end = begin + p.n;
  for (var c = 0u; c < p.n; c += 16u) {
    let a = logits(begin, item, c, seen);
    let b = logits(begin, item, c + 4u, seen);
    let d = logits(begin, item, c + 8u, seen);
    let e = logits(begin, item, c + 12u, seen);
    if (p.log != 0u) {
      store4(begin + c, end, within(a - shift, c, seen, LOWEST));
      store4(begin + c + 4u, end, within(b - shift, c + 4u, seen, LOWEST));
      store4(begin + c + 8u, end, within(d - shift, c + 8u, seen, LOWEST));
      store4(begin + c + 12u, end, within(e - shift, c + 12u, seen, LOWEST));
    } else {
      let share = 1.0 / l;
      store4(begin + c, end, within(exp(a - shift) * share, c, seen, 0.0));
      store4(begin + c + 4u, end, within(exp(b - shift) * share, c + 4u, seen, 0.0));
      store4(begin + c + 8u, end, within(exp(d - shift) * share, c + 8u, seen, 0.0));
      store4(begin + c + 12u, end, within(exp(e - shift) * share, c + 12u, seen, 0.0));
    }
  }
}
