// Copies a rows x cols block from A (pitch n_from, first column from) into B (pitch n_to, first column to):
// the columns of a matrix, columns put side by side, rows (with whole pitches). Test: app/kernels/dense.test.ts.
//! use linear

struct Params {
  cols: u32,
  count: u32,
  n_from: u32,
  from_at: u32,
  n_to: u32,
  to_at: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;

@compute @workgroup_size(64)
fn copy_block(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at < p.count) {
    let row = at / p.cols;
    let col = at - row * p.cols;
    b[p.to_at + row * p.n_to + col] = a[p.from_at + row * p.n_from + col];
  }
}
