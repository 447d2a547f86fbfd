// C = op(A) op(B) with an epilogue (lib/gemm_params.wgsl), row-major float32, batched, K cut into slices if
// asked: gemm.wgsl where four neighbouring lanes can hand values to each other (subgroups), still no barrier.
//   op(A): m x k    op(B): k x n    C: m x n      (op = transpose is a matter of strides)
//
// A quad computes a 16 x 16 block of C, each lane 16 rows of four columns in registers. B is loaded by the lane
// that needs it. Of A, lane l loads rows l, l + 4, l + 8, l + 12, and hands each entry to the quad: a step of k costs 8 loads for 64 multiply-adds, where 16 x 4 blocks by themselves load 20.
// Rows and columns past the edge are clamped on load and skipped on store.
//
// z counts batch * slices; slice s sums t in [s * k_slice, (s + 1) * k_slice) into its own copy of C, and
// sum_slices.wgsl adds them in order.
// Work 2mnk flop. A plain float32 sum in order of t: |error| <= gamma_k (|A||B|)_ij (Higham 2002, 3.5).
// Reference: app/math/linalg.ts. Test: app/kernels/matmul.test.ts.

enable subgroups;
diagnostic(off, subgroup_uniformity);
//! use gemm_epilogue

// Four entries of a row of op(B).
fn load_b(at: u32, cols: vec4u) -> vec4f {
  return vec4f(b[at + cols.x], b[at + cols.y], b[at + cols.z], b[at + cols.w]);
}

fn load_v(at: u32, cols: vec4u) -> vec4f {
  return vec4f(v[at + cols.x], v[at + cols.y], v[at + cols.z], v[at + cols.w]);
}

// Adds (column of A) (row of B) to a 4 x 4 block; the column's four entries lie one in each lane of the quad.
fn add(block: mat4x4f, column: f32, row: vec4f) -> mat4x4f {
  return mat4x4f(
    fma(vec4f(quadBroadcast(column, 0u)), row, block[0]),
    fma(vec4f(quadBroadcast(column, 1u)), row, block[1]),
    fma(vec4f(quadBroadcast(column, 2u)), row, block[2]),
    fma(vec4f(quadBroadcast(column, 3u)), row, block[3]),
  );
}

@compute @workgroup_size(4, 4)
fn gemm_quad(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = ((wid.y + p.group0) * 4u + lid.y) * 16u;
  let col = (wid.x * 4u + lid.x) * 4u;
  if (row >= p.m) {
    return; // The whole quad: its lanes share their rows.
  }
  let batch = wid.z / p.slices;
  let slice = wid.z - batch * p.slices;
  let first = min(p.k, slice * p.k_slice);
  let last = min(p.k, first + p.k_slice);
  let whole = last - (last - first) % 2u;

  let rows = min(vec4u(row + lid.x) + vec4u(0u, 4u, 8u, 12u), vec4u(p.m - 1u)) * p.a_row;
  let cols = min(vec4u(col) + vec4u(0u, 1u, 2u, 3u), vec4u(p.n - 1u)) * p.b_col;
  var at_a = batch * p.a_batch + first * p.a_col + rows;
  var at_b = batch * p.b_batch + first * p.b_row;

  var c0 = mat4x4f();
  var c1 = mat4x4f();
  var c2 = mat4x4f();
  var c3 = mat4x4f();
  for (var t = first; t < whole; t += 2u) {
    let b0 = load_b(at_b, cols);
    c0 = add(c0, a[at_a.x], b0);
    c1 = add(c1, a[at_a.y], b0);
    c2 = add(c2, a[at_a.z], b0);
    c3 = add(c3, a[at_a.w], b0);
    let b1 = load_b(at_b + p.b_row, cols);
    c0 = add(c0, a[at_a.x + p.a_col], b1);
    c1 = add(c1, a[at_a.y + p.a_col], b1);
    c2 = add(c2, a[at_a.z + p.a_col], b1);
    c3 = add(c3, a[at_a.w + p.a_col], b1);
    at_a += vec4u(2u * p.a_col);
    at_b += 2u * p.b_row;
  }
  for (var t = whole; t < last; t++) {
    let b0 = load_b(at_b, cols);
    c0 = add(c0, a[at_a.x], b0);
    c1 = add(c1, a[at_a.y], b0);
    c2 = add(c2, a[at_a.z], b0);
    c3 = add(c3, a[at_a.w], b0);
    at_a += vec4u(p.a_col);
    at_b += p.b_row;
  }

  c0 *= p.alpha;
  c1 *= p.alpha;
  c2 *= p.alpha;
  c3 *= p.alpha;
  if (LOW_RANK) {
    let lines = batch * p.u_batch + min(vec4u(row + lid.x) + vec4u(0u, 4u, 8u, 12u), vec4u(p.m - 1u)) * p.rank;
    let columns = min(vec4u(col) + vec4u(0u, 1u, 2u, 3u), vec4u(p.n - 1u)) * p.v_col;
    var at_v = batch * p.v_batch;
    for (var t = 0u; t < p.rank; t++) {
      let b0 = p.gamma * load_v(at_v, columns);
      c0 = add(c0, u[lines.x + t], b0);
      c1 = add(c1, u[lines.y + t], b0);
      c2 = add(c2, u[lines.z + t], b0);
      c3 = add(c3, u[lines.w + t], b0);
      at_v += p.v_row;
    }
  }

  let at = wid.z * p.m * p.n;
  var blocks = array<mat4x4f, 4>(c0, c1, c2, c3);
  for (var i = 0u; i < 16u; i++) {
    store(at, row + i, col, blocks[i / 4u][i % 4u]);
  }
}
