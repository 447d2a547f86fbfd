//! use linear
// Joins the parts of triple_attention.wgsl: y = sum_p e^(m_p - m) part_p / sum_p e^(m_p - m) s_p, m the largest m_p.
//   part: rows x parts x 4 dv4    stats: rows x parts x 2    y: rows x 4 dv4
//
// One invocation a quad of a row. Test: app/kernels/triple.test.ts.

struct Params {
  dv4: u32,
  parts: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> part: array<vec4f>;
@group(0) @binding(2) var<storage, read> stats: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn triple_join(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let row = i / p.dv4;
  let quad = i - row * p.dv4;
  var most = -3.0e38;
  for (var s = 0u; s < p.parts; s++) {
    most = max(most, stats[row * p.parts + s].x);
  }
  var sum = 0.0;
  var total = vec4f();
  for (var s = 0u; s < p.parts; s++) {
    let at = row * p.parts + s;
    let share = exp(stats[at].x - most);
    sum += share * stats[at].y;
    total += share * part[at * p.dv4 + quad];
  }
  y[i] = total / sum;
}
