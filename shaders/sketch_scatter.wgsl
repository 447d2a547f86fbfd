//! use linear
// A sparse sketch as a dense n x l matrix: one invocation an entry looks through the zeta nonzeros of its row.
// Test: app/kernels/sketch.test.ts.

struct Params {
  n: u32,
  l: u32,
  zeta: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> entries: array<u32>;
@group(0) @binding(2) var<storage, read_write> omega: array<f32>;

@compute @workgroup_size(64)
fn sketch_scatter(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.n * p.l) {
    return;
  }
  var value = 0.0;
  for (var t = 0u; t < p.zeta; t++) {
    let entry = entries[(at / p.l) * p.zeta + t];
    if ((entry & 0x7fffffffu) == at % p.l) {
      value = select(p.scale, -p.scale, entry >= 0x80000000u);
    }
  }
  omega[at] = value;
}
