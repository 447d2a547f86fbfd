// T = A^T for a batch of row-major float32 matrices, A m x n, T n x m, where m and n are multiples of four.
//
// One invocation turns a 4 x 4 block in registers: four reads and four writes of four neighbours, no workgroup
// memory. Workgroups are 4 x 16 blocks, so that a row of T is written in long runs.
// Bytes 8mn. Test: app/kernels/transpose.test.ts.

struct Params {
  m: u32,
  n: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> t: array<vec4f>;

override COLS: u32 = 4; //! one of 1, 4, 8, 16: blocks of a workgroup along a row of A
override ROWS: u32 = 16; //! one of 1, 4, 8, 16: blocks of a workgroup along a column of A

@compute @workgroup_size(COLS, ROWS)
fn transpose_vec4(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let col = wid.x * COLS + lid.x;
  let row = (wid.y + p.group0) * ROWS + lid.y;
  let pitch_a = p.n / 4u;
  let pitch_t = p.m / 4u;
  if (row >= pitch_t || col >= pitch_a) {
    return;
  }
  let at = wid.z * p.m * pitch_a;
  let start = at + row * 4u * pitch_a + col;
  let block = transpose(
    mat4x4f(a[start], a[start + pitch_a], a[start + 2u * pitch_a], a[start + 3u * pitch_a]),
  );
  let to = at + col * 4u * pitch_t + row;
  t[to] = block[0];
  t[to + pitch_t] = block[1];
  t[to + 2u * pitch_t] = block[2];
  t[to + 3u * pitch_t] = block[3];
}
