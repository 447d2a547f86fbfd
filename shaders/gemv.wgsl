// y = op(A) x with an epilogue (lib/gemm_params.wgsl), row-major float32, batched: a matrix product with one column.
//   op(A): m x k    x: k entries (b_row apart)    y: m entries
//
// One invocation a row, four partial sums over four steps of k, no workgroup memory and no barrier; of a transposed A
// neighbouring invocations read neighbours. gemv_rows.wgsl is for GPUs and an A stored by rows.
// Work 2mk flop, bytes 4mk. |error| <= gamma_(k/4 + 3) (|A||x|)_i (Higham 2002, 3.5).
// Reference: app/math/linalg.ts. Test: app/kernels/matmul.test.ts.
//! use gemm_epilogue

@compute @workgroup_size(16)
fn gemv(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = (wid.y + p.group0) * 16u + lid.x;
  if (row >= p.m) {
    return;
  }
  var at_a = wid.z * p.a_batch + row * p.a_row;
  var at_x = wid.z * p.b_batch;
  var sums = vec4f();
  let whole = p.k - p.k % 4u;
  for (var t = 0u; t < whole; t += 4u) {
    let line = vec4f(a[at_a], a[at_a + p.a_col], a[at_a + 2u * p.a_col], a[at_a + 3u * p.a_col]);
    let x = vec4f(b[at_x], b[at_x + p.b_row], b[at_x + 2u * p.b_row], b[at_x + 3u * p.b_row]);
    sums = fma(line, x, sums);
    at_a += 4u * p.a_col;
    at_x += 4u * p.b_row;
  }
  for (var t = whole; t < p.k; t++) {
    sums.x = fma(a[at_a], b[at_x], sums.x);
    at_a += p.a_col;
    at_x += p.b_row;
  }
  var sum = p.alpha * ((sums.x + sums.y) + (sums.z + sums.w));
  if (LOW_RANK) {
    let at_u = wid.z * p.u_batch + row * p.rank;
    let at_v = wid.z * p.v_batch;
    for (var t = 0u; t < p.rank; t++) {
      sum = fma(p.gamma * u[at_u + t], v[at_v + t * p.v_row], sum);
    }
  }
  finish(wid.z * p.m + row, 0u, sum);
}
