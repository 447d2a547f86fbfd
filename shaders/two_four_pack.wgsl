//! use linear
// 2:4 sparsity by magnitude: of every four entries that follow one another in a row the two largest stay, the
// earlier one where sizes are equal, with their places as two bits each.
//   a: m x k    values: m x k / 2    places: m x words, sixteen places to a word
// One invocation a word of places: 32 entries. Reference: app/kernels/sparse.ts. Test: app/kernels/sparse.test.ts.

struct Params {
  m: u32,
  k: u32,
  words: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> places: array<u32>;

@compute @workgroup_size(64)
fn two_four_pack(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.m * p.words) {
    return;
  }
  let row = i / p.words;
  let first = (i % p.words) * 32u;
  var word = 0u;
  for (var j = first; j < min(p.k, first + 32u); j += 4u) {
    let at = row * p.k + j;
    let x = vec4f(a[at], a[at + 1u], a[at + 2u], a[at + 3u]);
    let size = abs(x);
    // How many of the others come before each: larger, or equal and earlier.
    let before = vec4u(
      u32(size.y > size.x) + u32(size.z > size.x) + u32(size.w > size.x),
      u32(size.x >= size.y) + u32(size.z > size.y) + u32(size.w > size.y),
      u32(size.x >= size.z) + u32(size.y >= size.z) + u32(size.w > size.z),
      u32(size.x >= size.w) + u32(size.y >= size.w) + u32(size.z >= size.w),
    );
    var to = 0u;
    for (var t = 0u; t < 4u; t++) {
      if (before[t] < 2u) {
        let place = (j - first) / 2u + to;
        word |= t << (2u * place);
        values[row * (p.k / 2u) + j / 2u + to] = x[t];
        to++;
      }
    }
  }
  places[i] = word;
}
