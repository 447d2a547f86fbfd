//! use linear
//! use threefry
// The n x l matrix of a subsampled randomized Hadamard transform: entry (i, c) is
// sign_i (-1)^popcount(i & chosen_c) scale. Test: app/kernels/sketch.test.ts.

struct Params {
  n: u32,
  l: u32,
  seed: u32,
  stream: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> chosen: array<u32>;
@group(0) @binding(2) var<storage, read_write> omega: array<f32>;

@compute @workgroup_size(64)
fn srht_matrix(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.n * p.l) {
    return;
  }
  let row = at / p.l;
  let sign = random_sign(threefry2x32(vec2u(p.seed, p.stream), vec2u(row, 0u)).x);
  let odd = (countOneBits(row & chosen[at % p.l]) & 1u) == 1u;
  omega[at] = sign * select(p.scale, -p.scale, odd);
}
