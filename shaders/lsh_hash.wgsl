// Hashes of locality-sensitive hashing: h = argmax of the b numbers [y, -y], y = x R_t (Andoni et al. 2015, as used
// by Kitaev et al. 2020, arXiv 2001.04451). The smallest index wins ties.
//   y: count x half (half = b / 2)    h: count
//
// One invocation a row. Exact for given y. Test: app/kernels/lsh.test.ts.
//! use linear

struct Params {
  half: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> h: array<u32>;

@compute @workgroup_size(64)
fn lsh_hash(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  var high = y[at * p.half];
  var low = high;
  var place = vec2u(0u);
  for (var g = 1u; g < p.half; g++) {
    let value = y[at * p.half + g];
    if (value > high) {
      high = value;
      place.x = g;
    }
    if (value < low) {
      low = value;
      place.y = g;
    }
  }
  h[at] = select(place.x, p.half + place.y, -low > high);
}
