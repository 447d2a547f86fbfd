// y = A x with an epilogue (lib/gemm_params.wgsl), row-major float32, batched, for GPUs: a subgroup a row, so that its
// lanes read neighbours of the row.
//   A: m x k, stored by rows    x: k entries (b_row apart)    y: m entries
//
// Lane l of a subgroup of width w sums t = l, l + w, ..., then subgroupAdd; a workgroup takes 16 rows, whatever w is.
// Work 2mk flop, bytes 4mk. |error| <= gamma_(k/w + log2 w) (|A||x|)_i (Higham 2002, 3.5).
// Reference: app/math/linalg.ts. Test: app/kernels/matmul.test.ts.

enable subgroups;
diagnostic(off, subgroup_uniformity);
//! use gemm_epilogue

const ROWS = 16u;

@compute @workgroup_size(256)
fn gemv_rows(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) width: u32,
) {
  let first = (wid.y + p.group0) * ROWS;
  for (var row = first + local / width; row < min(first + ROWS, p.m); row += 256u / width) {
    let at_a = wid.z * p.a_batch + row * p.a_row;
    let at_x = wid.z * p.b_batch;
    var sum = 0.0;
    for (var t = lane; t < p.k; t += width) {
      sum = fma(a[at_a + t], b[at_x + t * p.b_row], sum);
    }
    sum *= p.alpha;
    if (LOW_RANK) {
      let at_u = wid.z * p.u_batch + row * p.rank;
      let at_v = wid.z * p.v_batch;
      for (var t = lane; t < p.rank; t += width) {
        sum = fma(p.gamma * u[at_u + t], v[at_v + t * p.v_row], sum);
      }
    }
    let total = subgroupAdd(sum);
    if (lane == 0u) {
      finish(wid.z * p.m + row, 0u, total);
    }
  }
}
