//! use linear
// Rows of `cols` from rows of `cols_in`: cut where those are longer, followed by zeros where they are shorter.
// Exact. Reference: app/kernels/fftconvolve.ts. Test: app/kernels/fftconvolve.test.ts.

struct Params {
  cols: u32,
  cols_in: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;

@compute @workgroup_size(64)
fn copy_rows(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let row = at / p.cols;
  let col = at - row * p.cols;
  b[at] = select(0.0, a[row * p.cols_in + min(col, p.cols_in - 1u)], col < p.cols_in);
}
