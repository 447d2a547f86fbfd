// Products of which a triangle is all: gemm_quad.wgsl for about half its work.
//   kind 0: the upper triangle of C = A^T A in parts, A m x n, C batch x slices x n x n (quads below the diagonal
//           are left out and write nothing)
//   kind 1: C = A B, A m x n, B n x n upper triangular, C m x n
//
// A quad computes a 16 x 16 block of C, each lane 16 rows of four columns in registers. Of op(A), lane l loads
// rows l, l + 4, l + 8, l + 12 for four steps of k, and hands each entry to the quad: no barrier. In kind 0 z is
// the slice of the rows of A; in kind 1 the sum ends with the block's last column, where B does.
// Work m n (n + 16) flop. |error| <= gamma_k |A|^T|A| or |A||B|. Reference: app/math/linalg.ts.
// Test: app/kernels/gram.test.ts.

enable subgroups;
diagnostic(off, subgroup_uniformity);

struct Params {
  m: u32,
  n: u32,
  kind: u32,
  slices: u32,
  rows: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

fn load_a(at: u32, step: u32) -> vec4f {
  return vec4f(a[at], a[at + step], a[at + 2u * step], a[at + 3u * step]);
}

fn load_b(at: u32, cols: vec4u) -> vec4f {
  return vec4f(b[at + cols.x], b[at + cols.y], b[at + cols.z], b[at + cols.w]);
}

fn add(block: mat4x4f, column: f32, row: vec4f) -> mat4x4f {
  return mat4x4f(
    fma(vec4f(quadBroadcast(column, 0u)), row, block[0]),
    fma(vec4f(quadBroadcast(column, 1u)), row, block[1]),
    fma(vec4f(quadBroadcast(column, 2u)), row, block[2]),
    fma(vec4f(quadBroadcast(column, 3u)), row, block[3]),
  );
}

fn store(at: u32, row: u32, col: u32, height: u32, block: mat4x4f) {
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      if (row + i < height && col + j < p.n) {
        c[at + (row + i) * p.n + col + j] = block[i][j];
      }
    }
  }
}

@compute @workgroup_size(4, 4)
fn triangle_quad(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let is_gram = p.kind == 0u;
  let height = select(p.m, p.n, is_gram);
  let row = ((wid.y + p.group0) * 4u + lid.y) * 16u;
  // The four columns of workgroups side by side: the one that a quad's last lane has.
  let corner = wid.x * 16u;
  if (row >= height || (is_gram && corner + 15u < row)) {
    return; // The whole quad: its lanes share their rows, and the block its columns.
  }
  let col = corner + lid.x * 4u;
  let slice = wid.z;
  let first = select(0u, min(p.m, slice * p.rows), is_gram);
  let last = select(min(p.n, corner + 16u), min(p.m, first + p.rows), is_gram);
  let whole = last - (last - first) % 4u;
  let a_row = select(p.n, 1u, is_gram);
  let a_col = select(1u, p.n, is_gram);

  let rows = min(vec4u(row + lid.x) + vec4u(0u, 4u, 8u, 12u), vec4u(height - 1u)) * a_row;
  let cols = min(vec4u(col) + vec4u(0u, 1u, 2u, 3u), vec4u(p.n - 1u));
  var at_a = first * a_col + rows;
  var at_b = first * p.n;

  var c0 = mat4x4f();
  var c1 = mat4x4f();
  var c2 = mat4x4f();
  var c3 = mat4x4f();
  for (var t = first; t < whole; t += 4u) {
    let a0 = load_a(at_a.x, a_col);
    let a1 = load_a(at_a.y, a_col);
    let a2 = load_a(at_a.z, a_col);
    let a3 = load_a(at_a.w, a_col);
    let b0 = load_b(at_b, cols);
    c0 = add(c0, a0.x, b0);
    c1 = add(c1, a1.x, b0);
    c2 = add(c2, a2.x, b0);
    c3 = add(c3, a3.x, b0);
    let b1 = load_b(at_b + p.n, cols);
    c0 = add(c0, a0.y, b1);
    c1 = add(c1, a1.y, b1);
    c2 = add(c2, a2.y, b1);
    c3 = add(c3, a3.y, b1);
    let b2 = load_b(at_b + 2u * p.n, cols);
    c0 = add(c0, a0.z, b2);
    c1 = add(c1, a1.z, b2);
    c2 = add(c2, a2.z, b2);
    c3 = add(c3, a3.z, b2);
    let b3 = load_b(at_b + 3u * p.n, cols);
    c0 = add(c0, a0.w, b3);
    c1 = add(c1, a1.w, b3);
    c2 = add(c2, a2.w, b3);
    c3 = add(c3, a3.w, b3);
    at_a += vec4u(4u * a_col);
    at_b += 4u * p.n;
  }
  for (var t = whole; t < last; t++) {
    let b0 = load_b(at_b, cols);
    c0 = add(c0, a[at_a.x], b0);
    c1 = add(c1, a[at_a.y], b0);
    c2 = add(c2, a[at_a.z], b0);
    c3 = add(c3, a[at_a.w], b0);
    at_a += vec4u(a_col);
    at_b += p.n;
  }

  let at = select(0u, slice * p.n * p.n, is_gram);
  store(at, row, col, height, c0);
  store(at, row + 4u, col, height, c1);
  store(at, row + 8u, col, height, c2);
  store(at, row + 12u, col, height, c3);
}
