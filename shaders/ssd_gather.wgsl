//! use linear
// Outputs by chunk and head, chunks x heads x q x P, into rows of y, L x d, at columns (head0 + head) P.
// Exact. Reference: app/kernels/ssd.ts. Test: app/kernels/ssd.test.ts.

struct Params {
  d: u32,
  q: u32,
  heads: u32,
  head0: u32,
  width: u32, // P
  count: u32, // L * heads * P
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> blocks: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn ssd_gather(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  let cols = p.heads * p.width;
  let t = at / cols;
  let col = at - t * cols;
  let head = col / p.width;
  let chunk = t / p.q;
  let line = (chunk * p.heads + head) * p.q + t - chunk * p.q;
  y[t * p.d + p.head0 * p.width + col] = blocks[line * p.width + col - head * p.width];
}
