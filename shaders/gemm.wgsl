// C = op(A) op(B) with an epilogue (lib/gemm_params.wgsl), row-major float32, batched, K cut into slices if asked.
//   op(A): m x k    op(B): k x n    C: m x n      (op = transpose is a matter of strides)
//
// One invocation computes an 8 x 8 block of C in registers as four of 4 x 4, with no workgroup memory and no
// barrier: on software adapters a barrier costs far more than the loads it saves. gemm_quad.wgsl shares loads
// between lanes, gemm_workgroup.wgsl is the other trade.
// Rows and columns past the edge are clamped on load and skipped on store.
//
// z counts batch * slices; slice s sums t in [s * k_slice, (s + 1) * k_slice) into its own copy of C, and
// sum_slices.wgsl adds them in order (split-K: for small m, n and large k one tile leaves the device idle).
// Work 2mnk flop. A plain float32 sum in order of t: |error| <= gamma_k (|A||B|)_ij (Higham 2002, 3.5).
// Reference: app/math/linalg.ts. Test: app/kernels/matmul.test.ts.
//! use gemm_epilogue
//! use outer

fn load_a(at: vec4u) -> vec4f {
  return vec4f(a[at.x], a[at.y], a[at.z], a[at.w]);
}

fn load_b(at: vec4u) -> vec4f {
  return vec4f(b[at.x], b[at.y], b[at.z], b[at.w]);
}

override EDGE: u32 = 4; //! one of 2, 4, 8, 16: edge of a workgroup, in blocks of 8 x 8

@compute @workgroup_size(EDGE, EDGE)
fn gemm(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = ((wid.y + p.group0) * EDGE + lid.y) * 8u;
  let col = (wid.x * EDGE + lid.x) * 8u;
  if (row >= p.m || col >= p.n) {
    return;
  }
  let batch = wid.z / p.slices;
  let slice = wid.z - batch * p.slices;
  let first = min(p.k, slice * p.k_slice);
  let last = min(p.k, first + p.k_slice);

  let four = vec4u(0u, 1u, 2u, 3u);
  let upper_rows = min(row + four, vec4u(p.m - 1u));
  let lower_rows = min(row + 4u + four, vec4u(p.m - 1u));
  let left_cols = min(col + four, vec4u(p.n - 1u));
  let right_cols = min(col + 4u + four, vec4u(p.n - 1u));
  let at_a = batch * p.a_batch + first * p.a_col;
  let at_b = batch * p.b_batch + first * p.b_row;
  var upper = at_a + upper_rows * p.a_row;
  var lower = at_a + lower_rows * p.a_row;
  var left = at_b + left_cols * p.b_col;
  var right = at_b + right_cols * p.b_col;

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var t = first; t < last; t++) {
    let a0 = load_a(upper);
    let a1 = load_a(lower);
    let b0 = load_b(left);
    let b1 = load_b(right);
    c00 = add_outer(c00, a0, b0);
    c01 = add_outer(c01, a0, b1);
    c10 = add_outer(c10, a1, b0);
    c11 = add_outer(c11, a1, b1);
    upper += vec4u(p.a_col);
    lower += vec4u(p.a_col);
    left += vec4u(p.b_row);
    right += vec4u(p.b_row);
  }
  c00 *= p.alpha;
  c01 *= p.alpha;
  c10 *= p.alpha;
  c11 *= p.alpha;
  if (LOW_RANK) {
    upper = batch * p.u_batch + upper_rows * p.rank;
    lower = batch * p.u_batch + lower_rows * p.rank;
    left = batch * p.v_batch + left_cols * p.v_col;
    right = batch * p.v_batch + right_cols * p.v_col;
    for (var t = 0u; t < p.rank; t++) {
      let a0 = p.gamma * vec4f(u[upper.x + t], u[upper.y + t], u[upper.z + t], u[upper.w + t]);
      let a1 = p.gamma * vec4f(u[lower.x + t], u[lower.y + t], u[lower.z + t], u[lower.w + t]);
      let b0 = vec4f(v[left.x], v[left.y], v[left.z], v[left.w]);
      let b1 = vec4f(v[right.x], v[right.y], v[right.z], v[right.w]);
      c00 = add_outer(c00, a0, b0);
      c01 = add_outer(c01, a0, b1);
      c10 = add_outer(c10, a1, b0);
      c11 = add_outer(c11, a1, b1);
      left += vec4u(p.v_row);
      right += vec4u(p.v_row);
    }
  }

  let at = wid.z * p.m * p.n;
  var blocks = array<mat4x4f, 4>(c00, c01, c10, c11);
  for (var i = 0u; i < 16u; i++) {
    let block = i / 4u;
    store(at, row + (block / 2u) * 4u + i % 4u, col + (block % 2u) * 4u, blocks[block][i % 4u]);
  }
}
