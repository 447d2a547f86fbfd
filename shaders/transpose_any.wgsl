// T = A^T for a batch of row-major float32 matrices of any size: A m x n, T n x m.
//
// One invocation turns a 4 x 4 block in registers, no workgroup memory; rows and columns past the edge are
// clamped on load and skipped on store. transpose_vec4.wgsl is for multiples of four, transpose_tile.wgsl for
// GPUs on which workgroup memory is fast. Bytes 8mn. Test: app/kernels/transpose.test.ts.

struct Params {
  m: u32,
  n: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> t: array<f32>;

fn load(row: u32, cols: vec4u) -> vec4f {
  let at = min(row, p.m - 1u) * p.n;
  return vec4f(a[at + cols.x], a[at + cols.y], a[at + cols.z], a[at + cols.w]);
}

// Row `col` of T from column `row` on.
fn store(at: u32, col: u32, row: u32, four: vec4f) {
  if (col < p.n) {
    let to = at + col * p.m + row;
    t[to] = four.x;
    if (row + 1u < p.m) {
      t[to + 1u] = four.y;
    }
    if (row + 2u < p.m) {
      t[to + 2u] = four.z;
    }
    if (row + 3u < p.m) {
      t[to + 3u] = four.w;
    }
  }
}

override COLS: u32 = 4; //! one of 1, 4, 8, 16: blocks of a workgroup along a row of A
override ROWS: u32 = 16; //! one of 1, 4, 8, 16: blocks of a workgroup along a column of A

@compute @workgroup_size(COLS, ROWS)
fn transpose_any(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let col = (wid.x * COLS + lid.x) * 4u;
  let row = ((wid.y + p.group0) * ROWS + lid.y) * 4u;
  if (row >= p.m || col >= p.n) {
    return;
  }
  let at = wid.z * p.m * p.n;
  let cols = at + min(vec4u(col) + vec4u(0u, 1u, 2u, 3u), vec4u(p.n - 1u));
  let block = transpose(
    mat4x4f(load(row, cols), load(row + 1u, cols), load(row + 2u, cols), load(row + 3u, cols)),
  );
  store(at, col, row, block[0]);
  store(at, col + 1u, row, block[1]);
  store(at, col + 2u, row, block[2]);
  store(at, col + 3u, row, block[3]);
}
