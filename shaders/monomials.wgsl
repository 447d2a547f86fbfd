//! use linear
// Monomial features: out_it = prod of coordinates of x_i, times a weight, for every exponent vector up to a degree.
//   x: n x d    parent, coordinate: features    ratio: features    out: n x features
//
// Feature t is feature parent_t times x_coordinate_t and ratio_t; feature 0 is 1. A chain has at most `degree` links,
// so every invocation walks its own and nothing waits for an earlier feature.
// One invocation an entry. Work 2 degree flop. |error| <= (2 degree + 1) 2^-24 |out|.
// Source: Alman, Song 2024 (arXiv:2310.04064). Test: app/kernels/monomials.test.ts.

struct Params {
  d: u32,
  features: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> parent: array<u32>;
@group(0) @binding(3) var<storage, read> coordinate: array<u32>;
@group(0) @binding(4) var<storage, read> ratio: array<f32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn monomials(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let row = i / p.features;
  var t = i - row * p.features;
  var value = 1.0;
  while (t > 0u) {
    value *= x[row * p.d + coordinate[t]] * ratio[t];
    t = parent[t];
  }
  out[i] = value;
}
