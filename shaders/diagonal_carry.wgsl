//! use modes
// Second step of the diagonal state space scan: end states of chunks, begun from zero, become the states with
// which the chunks begin, H_0 = 0, H_(q+1) = a^chunk H_q + state_q, in place. The power by squaring.
//
// One invocation four modes of a channel. Layout as in diagonal_totals.wgsl; count = d * quads.
// Bound, reference: app/kernels/diagonal.ts. Test: app/kernels/diagonal.test.ts.

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> state: array<vec4f>;

@compute @workgroup_size(LANES)
fn diagonal_carry(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = ((wid.y + p.group0) * nwg.x + wid.x) * LANES + lid.x;
  if (at >= p.count) {
    return;
  }
  let modes = PARTS * at;
  var square = modes_of(a[modes], a[modes + PARTS - 1u]);
  var power = Modes(vec4f(1.0), vec4f());
  for (var left = p.chunk; left > 0u; left >>= 1u) {
    if ((left & 1u) == 1u) {
      power = times(power, square);
    }
    square = times(square, square);
  }
  var h = Modes();
  for (var q = 0u; q < p.chunks; q++) {
    let to = PARTS * (q * p.count + at);
    var own = Modes(state[to], vec4f());
    state[to] = h.re;
    if (PARTS == 2u) {
      own.im = state[to + 1u];
      state[to + 1u] = h.im;
    }
    let carried = times(power, h);
    h = Modes(carried.re + own.re, carried.im + own.im);
  }
}
