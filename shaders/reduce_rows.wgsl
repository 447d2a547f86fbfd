// Reductions along rows, in parts: out[i parts + g] is OP (shaders/lib/fold.wgsl) over columns
// [g span, (g + 1) span) of row i, times `factor` where OP is a sum.
//   x: count x n    out, place: count x parts (place: the column, for OP 5 and 6)
//
// With has_index x holds the values of an earlier stage and index their columns. One invocation a part, four
// running values; no barrier. reduce_rows_subgroup.wgsl is the one for GPUs.
// Work count n flop. Error bound: app/kernels/reduction.ts. Test: app/kernels/reduction.test.ts.
//! use fold
//! use linear

struct Params {
  n: u32,
  parts: u32,
  span: u32,
  total: u32,
  has_index: u32,
  factor: f32,
}

override WIDE = false;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> x4: array<vec4f>;
@group(0) @binding(3) var<storage, read> index: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;
@group(0) @binding(5) var<storage, read_write> place: array<u32>;

@compute @workgroup_size(64)
fn reduce_rows(
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
  let end = min(p.n, first + p.span);
  let begin = row * p.n;
  var f = fold_start();
  for (var c = first; c < end; c += 4u) {
    let cols = vec4u(c, c + 1u, c + 2u, c + 3u);
    if (WIDE) {
      f = fold_in(f, x4[(begin + c) / 4u], cols);
    } else {
      let i = begin + min(cols, vec4u(end - 1u));
      let value = vec4f(x[i.x], x[i.y], x[i.z], x[i.w]);
      f = fold_in(f, select(vec4f(neutral()), value, cols < vec4u(end)), min(cols, vec4u(end - 1u)));
    }
  }
  let folded = fold_lanes(f);
  if (OP >= 5u) {
    if (p.has_index != 0u) {
      place[at] = index[begin + folded.place];
    } else {
      place[at] = folded.place;
    }
  }
  out[at] = folded.value * p.factor;
}
