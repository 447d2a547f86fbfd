// C = op(A) op(B), float32: a subgroup of width w makes 4 x 4 entries at a time; for each, lane L sums t = L, L + w,
// ..., then subgroupAdd. A workgroup takes 32 such blocks, whatever w is. Every lane of a subgroup has the same
// block, which the analysis cannot see.
// Strides in entries say how op(A) and op(B) are stored; z is the batch.
// Work 2mnk flop. Each sum is one of w lanes and a tree: |error| <= gamma_(k/w + log2 w) |A||B|.
// Reference: variantTwin in app/kernels/gemm_variants.ts. Test: app/kernels/gemm_variants.test.ts.

enable subgroups;
diagnostic(off, subgroup_uniformity);
//! use outer

struct Params {
  m: u32,
  n: u32,
  k: u32,
  a_row: u32,
  a_col: u32,
  b_row: u32,
  b_col: u32,
  a_batch: u32,
  b_batch: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

const BLOCKS = 32u;

@compute @workgroup_size(128)
fn gemm_subgroup(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) width: u32,
) {
  let across = (p.n + 3u) / 4u;
  let blocks = across * ((p.m + 3u) / 4u);
  let start = ((wid.y + p.group0) * groups.x + wid.x) * BLOCKS;
  let four = vec4u(0u, 1u, 2u, 3u);
  for (var at = start + local / width; at < min(start + BLOCKS, blocks); at += 128u / width) {
    let row = at / across * 4u;
    let col = at % across * 4u;
    var from_a = wid.z * p.a_batch + min(row + four, vec4u(p.m - 1u)) * p.a_row + lane * p.a_col;
    var from_b = wid.z * p.b_batch + min(col + four, vec4u(p.n - 1u)) * p.b_col + lane * p.b_row;
    var sum = mat4x4f();
    for (var t = lane; t < p.k; t += width) {
      sum = add_outer(
        sum,
        vec4f(a[from_a.x], a[from_a.y], a[from_a.z], a[from_a.w]),
        vec4f(b[from_b.x], b[from_b.y], b[from_b.z], b[from_b.w]),
      );
      from_a += vec4u(width * p.a_col);
      from_b += vec4u(width * p.b_row);
    }
    for (var i = 0u; i < 4u; i++) {
      let total = subgroupAdd(sum[i]);
      if (lane == 0u && row + i < p.m) {
        for (var j = 0u; j < min(4u, p.n - col); j++) {
          c[(wid.z * p.m + row + i) * p.n + col + j] = total[j];
        }
      }
    }
  }
}
