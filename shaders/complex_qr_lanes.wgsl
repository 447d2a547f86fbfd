enable subgroups;
// A = Q R of a batch of complex matrices by Householder reflections, four lanes of a subgroup a matrix, for adapters on which a barrier is slow;
// what it computes: shaders/lib/complex_reflections.wgsl.
//   A, W, Q: batch x m x n    R: batch x n x n    phases: batch x n    (all complex, m >= n)
// Work 32 m n^2 flop. Each reflection is unitary to rounding (Higham 2002, section 19.3).
// Reference: app/math/complexfactors.ts. Test: app/kernels/complexfactors.test.ts.
//! use team_lanes
//! use complex_reflections

@compute @workgroup_size(TEAM)
fn complex_qr_lanes(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) me: u32) {
  factor_complex(wid.y + p.group0, me);
}
