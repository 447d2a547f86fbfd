// Householder reflections of one panel of a QR factorization, a workgroup a matrix; what it computes:
// shaders/lib/householder_panel.wgsl.
//   X: batch x (n - first) x m    V^T, E: batch x width x m    R: batch x n x n    signs: batch x n
// Work 2 m width^2 flop. Each reflection is orthogonal to rounding (Higham 2002, section 19.3).
// Reference: app/math/qr.ts. Test: app/kernels/householder.test.ts.
//! use team_workgroup
//! use householder_panel

@compute @workgroup_size(TEAM)
fn householder_workgroup(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) me: u32) {
  factor_panel(wid.y + p.group0, me);
}
