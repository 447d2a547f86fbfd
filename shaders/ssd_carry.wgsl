//! use linear
// The states before every chunk: S_0 = 0, S_(k+1) = exp(cum_last of chunk k) S_k + own_k, chunk after chunk, in
// place.   state: chunks x heads x N x P    cum: chunks x heads x q
//
// One invocation an entry of a head's state. Reference: app/kernels/ssd.ts. Test: app/kernels/ssd.test.ts.

struct Params {
  q: u32,
  heads: u32,
  size: u32, // N P
  chunks: u32,
  count: u32, // heads * N P
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> cum: array<f32>;
@group(0) @binding(2) var<storage, read_write> state: array<f32>;

@compute @workgroup_size(64)
fn ssd_carry(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let head = at / p.size;
  var h = 0.0;
  for (var k = 0u; k < p.chunks; k++) {
    let to = k * p.count + at;
    let own = state[to];
    state[to] = h;
    h = exp(cum[(k * p.heads + head) * p.q + p.q - 1u]) * h + own;
  }
}
