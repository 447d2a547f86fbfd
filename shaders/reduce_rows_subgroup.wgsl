enable subgroups;
// Reductions along rows, a subgroup a row, for GPUs: out_i is OP (shaders/lib/fold.wgsl) over row i, times
// `factor` where OP is a sum.
//   x: count x n    out, place: count (place: the column, for OP 5 and 6)
//
// Neighbours read neighbouring words; the subgroup joins its lanes at the end. Subgroups of any size: rows are
// dealt out by the size found at run time. No barrier.
// Work count n flop. Error bound: app/kernels/reduction.ts. Test: app/kernels/reduction.test.ts.
//! use fold

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

@compute @workgroup_size(128)
fn reduce_rows_subgroup(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_index) lid: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let subgroups = 128u / size;
  let turns = (p.total + nwg.x * subgroups - 1u) / (nwg.x * subgroups);
  for (var turn = 0u; turn < turns; turn++) {
    let wanted = (turn * nwg.x + wid.x) * subgroups + lid / size;
    let begin = min(wanted, p.total - 1u) * p.n;
    var f = fold_start();
    for (var c = lane * 4u; c < p.n; c += size * 4u) {
      let cols = vec4u(c, c + 1u, c + 2u, c + 3u);
      if (WIDE) {
        f = fold_in(f, x4[(begin + c) / 4u], cols);
      } else {
        let i = begin + min(cols, vec4u(p.n - 1u));
        let value = vec4f(x[i.x], x[i.y], x[i.z], x[i.w]);
        f = fold_in(f, select(vec4f(neutral()), value, cols < vec4u(p.n)), min(cols, vec4u(p.n - 1u)));
      }
    }
    let own = fold_lanes(f);
    var value = own.value;
    var found = own.place;
    if (OP == 0u || OP == 3u) {
      value = subgroupAdd(own.value);
    } else if (OP == 1u) {
      value = subgroupMax(own.value);
    } else if (OP == 2u) {
      value = subgroupMin(own.value);
    } else if (OP == 4u) {
      let top = subgroupMax(own.value);
      value = top + log(subgroupAdd(exp(own.value - top)));
    } else {
      value = select(subgroupMin(own.value), subgroupMax(own.value), OP == 5u);
      found = subgroupMin(select(0xffffffffu, own.place, own.value == value));
    }
    if (lane == 0u && wanted < p.total) {
      out[wanted] = value * p.factor;
      if (OP >= 5u) {
        place[wanted] = found;
      }
    }
  }
}
