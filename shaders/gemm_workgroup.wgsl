// C = op(A) op(B) with an epilogue (lib/gemm_params.wgsl), row-major float32, batched, K cut into slices if
// asked: gemm.wgsl for GPUs on which workgroup memory is fast.
//
// A workgroup of EDGE x EDGE computes a tile of 4 EDGE x 4 EDGE, 4 x 4 entries an invocation, and stages EDGE steps of
// k of A and B in workgroup memory: 64 x 64 x 16 with EDGE = 16, 32 x 32 x 8 with EDGE = 8. Both lie there with k
// outermost, A transposed, so that a step of k reads one vec4 of each: the invocations of a row the same of A and
// neighbours of B. Rows are one vec4 longer than they need be, or the transposing stores would all meet in one bank.
// Entries past the edge are staged as zero. Same order of summation and same error bound as gemm.wgsl.
// Reference: app/math/linalg.ts. Test: app/kernels/matmul.test.ts.
//! use gemm_epilogue
//! use outer

override EDGE: u32 = 16; //! one of 8, 16: edge of a workgroup; a tile of C is four times as wide

var<workgroup> tile_a: array<vec4f, EDGE * (EDGE + 1)>;
var<workgroup> tile_b: array<vec4f, EDGE * (EDGE + 1)>;

// Four neighbours of op(A) in a column, from (row, t) on; past the edge 0.
fn load_a(at: u32, row: u32, t: u32, last: u32) -> vec4f {
  let rows = vec4u(row) + vec4u(0u, 1u, 2u, 3u);
  let inside = (rows < vec4u(p.m)) & vec4<bool>(t < last);
  let index = select(vec4u(), at + rows * p.a_row + t * p.a_col, inside);
  return select(vec4f(), vec4f(a[index.x], a[index.y], a[index.z], a[index.w]), inside);
}

// Four neighbours of op(B) in a row, from (t, col) on; past the edge 0.
fn load_b(at: u32, t: u32, col: u32, last: u32) -> vec4f {
  let cols = vec4u(col) + vec4u(0u, 1u, 2u, 3u);
  let inside = (cols < vec4u(p.n)) & vec4<bool>(t < last);
  let index = select(vec4u(), at + t * p.b_row + cols * p.b_col, inside);
  return select(vec4f(), vec4f(b[index.x], b[index.y], b[index.z], b[index.w]), inside);
}

@compute @workgroup_size(EDGE, EDGE)
fn gemm_workgroup(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let pitch = EDGE + 1u;
  let row0 = (wid.y + p.group0) * 4u * EDGE;
  let col0 = wid.x * 4u * EDGE;
  let batch = wid.z / p.slices;
  let slice = wid.z - batch * p.slices;
  let first = min(p.k, slice * p.k_slice);
  let last = min(p.k, first + p.k_slice);
  let at_a = batch * p.a_batch;
  let at_b = batch * p.b_batch;
  // Each invocation stages four neighbours of either. Which four is chosen so that neighbouring invocations read
  // neighbouring addresses, whichever way the operand lies.
  let a_along_k = p.a_col == 1u;
  let i = select(local % EDGE, local / EDGE, a_along_k);
  let ta = select(local / EDGE, local % EDGE, a_along_k);
  let b_along_k = p.b_row == 1u;
  let j = select(local % EDGE, local / EDGE, b_along_k);
  let tb = select(local / EDGE, local % EDGE, b_along_k);

  var block = mat4x4f();
  for (var k0 = first; k0 < last; k0 += EDGE) {
    tile_a[ta * pitch + i] = load_a(at_a, row0 + 4u * i, k0 + ta, last);
    tile_b[tb * pitch + j] = load_b(at_b, k0 + tb, col0 + 4u * j, last);
    workgroupBarrier();
    for (var t = 0u; t < EDGE * pitch; t += 4u * pitch) {
      block = add_outer(block, tile_a[t + lid.y], tile_b[t + lid.x]);
      block = add_outer(block, tile_a[t + pitch + lid.y], tile_b[t + pitch + lid.x]);
      block = add_outer(block, tile_a[t + 2u * pitch + lid.y], tile_b[t + 2u * pitch + lid.x]);
      block = add_outer(block, tile_a[t + 3u * pitch + lid.y], tile_b[t + 3u * pitch + lid.x]);
    }
    workgroupBarrier();
  }

  let row = row0 + lid.y * 4u;
  let col = col0 + lid.x * 4u;
  block *= p.alpha;
  if (LOW_RANK) {
    let rows = batch * p.u_batch + min(vec4u(row) + vec4u(0u, 1u, 2u, 3u), vec4u(p.m - 1u)) * p.rank;
    var cols = batch * p.v_batch + min(vec4u(col) + vec4u(0u, 1u, 2u, 3u), vec4u(p.n - 1u)) * p.v_col;
    for (var t = 0u; t < p.rank; t++) {
      let column = p.gamma * vec4f(u[rows.x + t], u[rows.y + t], u[rows.z + t], u[rows.w + t]);
      block = add_outer(block, column, vec4f(v[cols.x], v[cols.y], v[cols.z], v[cols.w]));
      cols += vec4u(p.v_row);
    }
  }
  var rows_of_block = block;
  for (var i = 0u; i < 4u; i++) {
    store(wid.z * p.m * p.n, row + i, col, rows_of_block[i]);
  }
}
