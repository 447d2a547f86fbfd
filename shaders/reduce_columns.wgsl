// Reductions along columns, in parts: out[(item parts + g) n + j] is OP (shaders/lib/fold.wgsl) over rows
// [g span, (g + 1) span) of column j of a matrix of a batch, times `factor` where OP is a sum.
//   x: batch x rows x n    out, place: batch x parts x n (place: the row, for OP 5 and 6)
//
// With has_index x holds the values of an earlier stage and index their rows. One invocation takes four columns
// side by side through its rows: neighbours read neighbouring words, on a GPU too. No barrier.
// Work rows n flop. Error bound: app/kernels/reduction.ts. Test: app/kernels/reduction.test.ts.
//! use fold
//! use linear

struct Params {
  n: u32,
  parts: u32,
  span: u32,
  total: u32,
  has_index: u32,
  factor: f32,
  rows: u32,
}

override WIDE = false;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> x4: array<vec4f>;
@group(0) @binding(3) var<storage, read> index: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;
@group(0) @binding(5) var<storage, read_write> place: array<u32>;

@compute @workgroup_size(64)
fn reduce_columns(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.total) {
    return;
  }
  let groups = (p.n + 3u) / 4u;
  let line = at / groups;
  let col = (at - line * groups) * 4u;
  let item = line / p.parts;
  let first = (line - item * p.parts) * p.span;
  let cols = min(vec4u(col, col + 1u, col + 2u, col + 3u), vec4u(p.n - 1u));
  var f = fold_start();
  for (var row = first; row < min(p.rows, first + p.span); row++) {
    let begin = (item * p.rows + row) * p.n;
    if (WIDE) {
      f = fold_in(f, x4[(begin + col) / 4u], vec4u(row));
    } else {
      let i = begin + cols;
      f = fold_in(f, vec4f(x[i.x], x[i.y], x[i.z], x[i.w]), vec4u(row));
    }
  }
  var value = f.value;
  if (OP == 4u) {
    value += log(f.sum);
  }
  for (var j = 0u; j < 4u && col + j < p.n; j++) {
    out[line * p.n + col + j] = value[j] * p.factor;
    if (OP >= 5u) {
      var found = f.place[j];
      if (p.has_index != 0u) {
        found = index[(item * p.rows + found) * p.n + col + j];
      }
      place[line * p.n + col + j] = found;
    }
  }
}
