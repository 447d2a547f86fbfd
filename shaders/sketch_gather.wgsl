//! use linear
// Y = scale A S for a sparse sketch S with entries +-1, given by column lists (sketch_lists.wgsl).
//   A: m x n    Y: m x l
//
// One invocation an entry of Y, summed in the order of the rows of S. Work m n zeta flop in all;
// |error| <= (count + 1) 2^-24 (|A| |S|)_ij. Reference: app/kernels/sparsesketch.ts. Test: app/kernels/sketch.test.ts.

struct Params {
  m: u32,
  n: u32,
  l: u32,
  zeta: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read> list: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn sketch_gather(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.m * p.l) {
    return;
  }
  let row = at / p.l;
  let column = at % p.l;
  var sum = 0.0;
  for (var i = starts[column]; i < starts[column + 1u]; i++) {
    let value = a[row * p.n + (list[i] & 0x7fffffffu)];
    sum += select(value, -value, list[i] >= 0x80000000u);
  }
  y[at] = p.scale * sum;
}
