//! use linear
//! use threefry
// The first step of a subsampled randomized Hadamard transform: columns times random signs, then columns of
// zeros up to the power of two. A: m x n, B: m x padded. Exact. Test: app/kernels/sketch.test.ts.

struct Params {
  m: u32,
  n: u32,
  padded: u32,
  seed: u32,
  stream: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;

@compute @workgroup_size(64)
fn srht_pad(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.m * p.padded) {
    return;
  }
  let column = at % p.padded;
  var value = 0.0;
  if (column < p.n) {
    let word = threefry2x32(vec2u(p.seed, p.stream), vec2u(column, 0u)).x;
    value = random_sign(word) * a[(at / p.padded) * p.n + column];
  }
  b[at] = value;
}
