// Adds the slices of a split-K product in order, and does for the sum what a whole product does at its end
// (lib/gemm_params.wgsl).
//   a: the slices, batch x slices x m x n    C: batch x m x n
// One invocation an entry. Test: app/kernels/matmul.test.ts.
//! use gemm_epilogue
//! use linear

@compute @workgroup_size(64)
fn sum_slices(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let index = linear_index(wid, nwg, lid);
  let size = p.m * p.n;
  if (index >= p.batch * size) {
    return;
  }
  let batch = index / size;
  let entry = index - batch * size;
  let row = entry / p.n;
  let col = entry - row * p.n;
  let start = batch * p.slices * size + entry;
  var sum = 0.0;
  for (var s = 0u; s < p.slices; s++) {
    sum += a[start + s * size];
  }
  sum *= p.alpha;
  if (LOW_RANK) {
    let at_u = batch * p.u_batch + row * p.rank;
    let at_v = batch * p.v_batch + col * p.v_col;
    var update = 0.0;
    for (var t = 0u; t < p.rank; t++) {
      update = fma(u[at_u + t], v[at_v + t * p.v_row], update);
    }
    sum = fma(p.gamma, update, sum);
  }
  finish(index, col, sum);
}
