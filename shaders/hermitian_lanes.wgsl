enable subgroups;
// A = V diag(values) V^H of a batch of Hermitian matrices, four lanes of a subgroup a matrix, for adapters on which a barrier is slow;
// what it computes: shaders/lib/hermitian_turns.wgsl.
//   A, B, V, vectors: batch x n x n, complex    values: batch x n    own: batch x TEAM x n, scratch
// Work some 20 n^3 flop a sweep, 5 to 9 sweeps. Residual and orthogonality within 30 n eps (eps = 2^-23).
// Reference: app/math/complexfactors.ts. Test: app/kernels/complexfactors.test.ts.
//! use team_lanes
//! use hermitian_turns

@compute @workgroup_size(TEAM)
fn hermitian_lanes(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) me: u32) {
  diagonalize(wid.y + p.group0, me);
}
