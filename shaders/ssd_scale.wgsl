//! use linear
// Rows of a chunk for one head at a time, scaled: out[chunk, head, i, :] = factor_i row_t[:], t = chunk q + i,
// with the factor D_t (WHAT 0: the inputs), exp(cum_last - cum_i) (1: B on its way to the chunk's end) or
// exp(cum_i) (2: C, reading the state before the chunk). All exponents are <= 0. Rows beyond L are zero.
//   row: L x cols, of which a head takes `width` from head * head_step on
//
// One invocation an entry. Reference: app/kernels/ssd.ts. Test: app/kernels/ssd.test.ts.

override WHAT: u32 = 0;

struct Params {
  steps: u32,
  q: u32,
  heads: u32, // of this call
  head0: u32,
  width: u32,
  cols: u32,
  head_step: u32, // 0: all heads share the rows
  dt_cols: u32,
  dt_step: u32,
  count: u32, // chunks * heads * q * width
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> row: array<f32>;
@group(0) @binding(2) var<storage, read> delta: array<f32>;
@group(0) @binding(3) var<storage, read> cum: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn ssd_scale(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  let line = at / p.width; // (chunk * heads + head) * q + i
  let col = at - line * p.width;
  let block = line / p.q;
  let i = line - block * p.q;
  let chunk = block / p.heads;
  let head = p.head0 + block - chunk * p.heads;
  let t = chunk * p.q + i;
  if (t >= p.steps) {
    y[at] = 0.0;
    return;
  }
  var factor = 0.0;
  switch WHAT {
    case 0: {
      factor = delta[t * p.dt_cols + head * p.dt_step];
    }
    case 1: {
      factor = exp(cum[block * p.q + p.q - 1u] - cum[line]);
    }
    default: {
      factor = exp(cum[line]);
    }
  }
  y[at] = factor * row[t * p.cols + head * p.head_step + col];
}
