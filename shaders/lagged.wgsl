//! use linear
// A signal beside delayed copies of itself: out_rj = u[t - lag_j] with t = start + r stride, lag_j = lag + j lag_step;
// 0 where the lag reaches before the beginning of the chunk of `chunk` samples that t lies in.
//   u: length    out: rows x cols
// With chunks it is the Toeplitz matrix of every chunk; with one chunk, the targets of a memory test.
// Exact copies. Test: app/kernels/recurrence.test.ts.

struct Params {
  cols: u32,
  count: u32,
  start: u32,
  stride: u32,
  lag: u32,
  lag_step: u32,
  chunk: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> u: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn lagged(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let row = i / p.cols;
  let back = p.lag + (i - row * p.cols) * p.lag_step;
  let t = p.start + row * p.stride;
  out[i] = select(0.0, u[max(t, back) - back], back <= t % p.chunk);
}
