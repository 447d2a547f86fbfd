//! use linear
// Second step of the selective scan: the states at the ends of chunks, begun from zero, become the states with
// which the chunks begin: H_0 = 0, H_(q+1) = exp(A sums_q) H_q + state_q. In place, chunk after chunk.
//
// One invocation a vec4f of states of a channel. Layout as in selective_totals.wgsl.
// Bound, reference: app/kernels/selective.ts. Test: app/kernels/selective.test.ts.

struct Params {
  d: u32,
  quads: u32,
  chunks: u32,
  count: u32, // d * quads
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> state: array<vec4f>;

@compute @workgroup_size(64)
fn selective_carry(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let channel = at / p.quads;
  let rate = a[at];
  var h = vec4f();
  for (var q = 0u; q < p.chunks; q++) {
    let to = q * p.count + at;
    let own = state[to];
    state[to] = h;
    h = exp(rate * sums[q * p.d + channel]) * h + own;
  }
}
