// C = op(A) op(B) with an epilogue (lib/gemm_params.wgsl), row-major float32, batched, K cut into slices if asked:
// gemm_quad.wgsl in vec4 loads and stores, where n, k and k_slice (and m if A is transposed) are multiples of
// four.
//   op(A): m x k    op(B): k x n    C: m x n
//
// A quad computes a 16 x 16 block of C, each lane 16 rows of four columns in registers, four steps of k at a
// time. B is loaded by the lane that needs it. Of A, lane l loads four steps of rows l, l + 4, l + 8, l + 12 (or,
// of a transposed A, step l of all 16 rows), and hands them to the quad: 8 vec4 loads for 64 vec4 multiply-adds.
// Rows and columns past the edge are clamped on load and skipped on store.
//
// z counts batch * slices; slice s sums t in [s * k_slice, (s + 1) * k_slice) into its own copy of C, and
// sum_slices.wgsl adds them in order.
// Work 2mnk flop. A plain float32 sum in order of t: |error| <= gamma_k (|A||B|)_ij (Higham 2002, 3.5).
// Reference: app/math/linalg.ts. Test: app/kernels/matmul.test.ts.

enable subgroups;
diagnostic(off, subgroup_uniformity);
//! use gemm_quads

@compute @workgroup_size(4, 4)
fn gemm_quad_vec4(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = ((wid.y + p.group0) * 4u + lid.y) * 16u;
  let col = wid.x * 4u + lid.x; // counted in fours, as all addresses are
  if (row >= p.m) {
    return; // The whole quad: its lanes share their rows.
  }
  let batch = wid.z / p.slices;
  let slice = wid.z - batch * p.slices;
  let first = min(p.k, slice * p.k_slice) / 4u;
  let last = min(p.k, (slice + 1u) * p.k_slice) / 4u;

  let four = vec4u(0u, 1u, 2u, 3u);
  let columns = p.n / 4u;
  let steps = p.k / 4u;
  let inside = min(col, columns - 1u);
  let rows = min(vec4u(row + lid.x) + 4u * four, vec4u(p.m - 1u));
  var at_a = vec4u(batch * (p.a_batch / 4u));
  var at_b = vec4u(batch * (p.b_batch / 4u));
  var next_a = 1u;
  var next_b = 1u;
  if (TRANSPOSE_A) {
    at_a += (4u * first + lid.x) * (p.m / 4u) + min(row / 4u + four, vec4u(p.m / 4u - 1u));
    next_a = p.m;
  } else {
    at_a += rows * steps + first;
  }
  if (TRANSPOSE_B) {
    at_b += (4u * inside + four) * steps + first;
  } else {
    at_b += (4u * first + four) * columns + inside;
    next_b = p.n;
  }

  var c0 = mat4x4f();
  var c1 = mat4x4f();
  var c2 = mat4x4f();
  var c3 = mat4x4f();
  for (var t = first; t < last; t++) {
    let a0 = a[at_a.x];
    let a1 = a[at_a.y];
    let a2 = a[at_a.z];
    let a3 = a[at_a.w];
    let b4 = load_b(at_b);
    c0 = add_outer(c0, column0(a0), b4[0]);
    c1 = add_outer(c1, column0(a1), b4[0]);
    c2 = add_outer(c2, column0(a2), b4[0]);
    c3 = add_outer(c3, column0(a3), b4[0]);
    c0 = add_outer(c0, column1(a0), b4[1]);
    c1 = add_outer(c1, column1(a1), b4[1]);
    c2 = add_outer(c2, column1(a2), b4[1]);
    c3 = add_outer(c3, column1(a3), b4[1]);
    c0 = add_outer(c0, column2(a0), b4[2]);
    c1 = add_outer(c1, column2(a1), b4[2]);
    c2 = add_outer(c2, column2(a2), b4[2]);
    c3 = add_outer(c3, column2(a3), b4[2]);
    c0 = add_outer(c0, column3(a0), b4[3]);
    c1 = add_outer(c1, column3(a1), b4[3]);
    c2 = add_outer(c2, column3(a2), b4[3]);
    c3 = add_outer(c3, column3(a3), b4[3]);
    at_a += vec4u(next_a);
    at_b += vec4u(next_b);
  }

  c0 *= p.alpha;
  c1 *= p.alpha;
  c2 *= p.alpha;
  c3 *= p.alpha;
  if (LOW_RANK) {
    let lines = batch * p.u_batch + rows * p.rank;
    var at_v = batch * (p.v_batch / 4u) + inside;
    for (var t = 0u; t < p.rank; t++) {
      let line = p.gamma * v[at_v];
      c0 = add_outer(c0, gather(u[lines.x + t]), line);
      c1 = add_outer(c1, gather(u[lines.y + t]), line);
      c2 = add_outer(c2, gather(u[lines.z + t]), line);
      c3 = add_outer(c3, gather(u[lines.w + t]), line);
      at_v += columns;
    }
  }

  if (col < columns) {
    let at = wid.z * p.m * columns;
    var blocks = array<mat4x4f, 4>(c0, c1, c2, c3);
    for (var i = 0u; i < 16u; i++) {
      store(at, row + i, col, blocks[i / 4u][i % 4u]);
    }
  }
}
