//! use linear
// M_ij = exp(cum_i - cum_j) G_ij for i >= j, 0 above: the semiseparable matrix of a chunk and head, or a block of
// it with rows from row0 and columns from col0. The exponent is <= 0 where it counts.
//   G: chunks x rows x cols, shared by heads    cum: chunks x heads x q    M: chunks x heads x rows x cols
//
// One invocation up to 16 entries of a row. Reference: app/kernels/ssd.ts. Test: app/kernels/ssd.test.ts.

struct Params {
  q: u32,
  heads: u32,
  rows: u32,
  cols: u32,
  row0: u32,
  col0: u32,
  spans: u32, // ceil(cols / 16)
  count: u32, // chunks * heads * rows * spans
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read> cum: array<f32>;
@group(0) @binding(3) var<storage, read_write> m: array<f32>;

@compute @workgroup_size(64)
fn ssd_mask(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  let line = at / p.spans;
  let first = 16u * (at - line * p.spans);
  let last = min(first + 16u, p.cols);
  let block = line / p.rows; // chunk * heads + head
  let i = line - block * p.rows;
  let own = cum[block * p.q + p.row0 + i];
  let origin = block * p.q + p.col0;
  let row_g = ((block / p.heads) * p.rows + i) * p.cols;
  for (var j = first; j < last; j++) {
    // Above the diagonal the exponent is positive: held at 0 there, since infinity times 0 is no number.
    let below = p.row0 + i >= p.col0 + j;
    let decay = exp(min(own - cum[origin + j], 0.0));
    m[line * p.cols + j] = select(0.0, decay * g[row_g + j], below);
  }
}
