// phi_i = ||n_i|| / (||r_i|| + eps) over the lines (rows or columns) of two matrices of one shape: by how much an
// optimizer scales each line (Chen et al. 2024, Fira, equation 5).
//
//   n, r: lines of `length` entries, `step` apart, line i beginning at i * jump    phi: count
//
// One invocation a line: sums of squares in order. |error| <= (length + 8) 2^-24 phi_i.
// Reference: app/kernels/projected.ts. Test: app/kernels/projected.test.ts.
//! use linear

struct Params {
  count: u32,
  length: u32,
  step: u32,
  jump: u32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> n: array<f32>;
@group(0) @binding(2) var<storage, read> r: array<f32>;
@group(0) @binding(3) var<storage, read_write> phi: array<f32>;

@compute @workgroup_size(64)
fn line_ratio(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  var above = 0.0;
  var below = 0.0;
  var at = i * p.jump;
  for (var t = 0u; t < p.length; t++) {
    above += n[at] * n[at];
    below += r[at] * r[at];
    at += p.step;
  }
  phi[i] = sqrt(above) / (sqrt(below) + p.eps);
}
