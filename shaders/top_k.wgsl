// The k largest entries of every row in falling order, in parts of a row; the smallest in rising order with
// sign = -1. Of equal entries the one with the lower column comes first.
//   x: count x n    out, place: count x parts x k (value and column)
//
// With has_index x holds the values of an earlier stage and index their columns. One invocation a part: a sorted
// list of k in the output and its worst value in a register, so that most entries cost one comparison; in random
// order k ln(span / k) of them are inserted. No barrier.
// Exact. Work about span + k^2 ln(span / k) a part. Test: app/kernels/topk.test.ts.
//! use linear

struct Params {
  n: u32,
  k: u32,
  parts: u32,
  span: u32,
  total: u32,
  has_index: u32,
  sign: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
@group(0) @binding(4) var<storage, read_write> place: array<u32>;

const LOWEST = -3.4e38;

@compute @workgroup_size(64)
fn top_k(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.total) {
    return;
  }
  let row = at / p.parts;
  let first = (at - row * p.parts) * p.span;
  let list = at * p.k;
  for (var t = 0u; t < p.k; t++) {
    out[list + t] = p.sign * LOWEST;
    place[list + t] = 0xffffffffu;
  }
  var worst = LOWEST;
  for (var c = first; c < min(p.n, first + p.span); c++) {
    let value = p.sign * x[row * p.n + c];
    if (value > worst) {
      var t = p.k - 1u;
      while (t > 0u && p.sign * out[list + t - 1u] < value) {
        out[list + t] = out[list + t - 1u];
        place[list + t] = place[list + t - 1u];
        t--;
      }
      out[list + t] = p.sign * value;
      if (p.has_index != 0u) {
        place[list + t] = index[row * p.n + c];
      } else {
        place[list + t] = c;
      }
      worst = p.sign * out[list + p.k - 1u];
    }
  }
}
