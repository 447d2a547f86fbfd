enable subgroups;
// G = R^H R of a batch of Hermitian positive definite matrices, four lanes of a subgroup a matrix, for adapters on which a barrier is slow;
// what it computes: shaders/lib/complex_elimination.wgsl.
//   G, R: batch x n x n, complex    status: batch x 2
// Work 4 n^3 / 3 flop. |R^H R - G| <= gamma_(2 n + 2) |R^H||R| (Higham 2002, theorem 10.3).
// Reference: app/math/complexfactors.ts. Test: app/kernels/complexfactors.test.ts.
//! use team_lanes
//! use complex_elimination

@compute @workgroup_size(TEAM)
fn complex_cholesky_lanes(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) me: u32) {
  eliminate_complex(wid.y + p.group0, me);
}
