enable subgroups;
// Softmax of every row as in softmax.wgsl, a subgroup a row, for GPUs: neighbours read neighbouring vec4s.
//   x, y: count x n    bias: items x n, by bias_step
//
// Every invocation keeps its own maximum and sum over its share of the row; the subgroup joins them at the end.
// Subgroups of any size, none assumed: rows are dealt out by the size found at run time. No barrier.
// Work 5 count n flop. Error bound: app/kernels/softmax.ts. Test: app/kernels/softmax.test.ts.
//! use lanes4
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

fn logits(begin: u32, item: u32, c: u32, seen: u32) -> vec4f {
  var t = p.scale * load4(begin + c, begin + p.n);
  if (BIAS) {
    let i = (item * p.n + min(vec4u(c, c + 1u, c + 2u, c + 3u), vec4u(p.n - 1u)) + 1u) * p.bias_step - 1u;
    t += vec4f(bias[i.x], bias[i.y], bias[i.z], bias[i.w]);
  }
  return within(t, c, seen, LOWEST);
}

@compute @workgroup_size(128)
fn softmax_subgroup(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_index) lid: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let subgroups = 128u / size;
  // Rows in turns, the same number of turns for all: subgroup operations want uniform control flow.
  let turns = (p.count + nwg.x * subgroups - 1u) / (nwg.x * subgroups);
  for (var turn = 0u; turn < turns; turn++) {
    let wanted = (turn * nwg.x + wid.x) * subgroups + lid / size;
    let row = min(wanted, p.count - 1u);
    let item = row / p.rows;
    let begin = row * p.n;
    let seen = select(p.n, min(p.n, row - item * p.rows + 1u), p.causal != 0u);
    var m = LOWEST;
    var l = 0.0;
    for (var c = lane * 4u; c < seen; c += size * 4u) {
      let t = logits(begin, item, c, seen);
      let top = max(m, largest4(t));
      l = l * exp(m - top) + sum4(exp(t - top));
      m = top;
    }
    let top = subgroupMax(m);
    let sum = subgroupAdd(l * exp(m - top));
    let shift = top + select(0.0, log(sum), p.log != 0u);
    let end = select(begin, begin + p.n, wanted < p.count);
    for (var c = lane * 4u; c < p.n && wanted < p.count; c += size * 4u) {
      let t = logits(begin, item, c, seen);
      if (p.log != 0u) {
        store4(begin + c, end, within(t - shift, c, seen, LOWEST));
      } else {
        store4(begin + c, end, within(exp(t - shift) / sum, c, seen, 0.0));
      }
    }
  }
}
