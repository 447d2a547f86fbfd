//! use linear
// Sum over a key of what its pairs gave: y_ic = sum_j v_jc t_(i n + j),c for the queries of a block.
//   v: keys x dv, from row `base`    t: (queries n) x dv    y: rows x dv, written from row `first`
//
// One invocation an entry. Work 2 n flop. |error| <= (n + 1) 2^-24 sum_j |v t|. Test: app/kernels/triple.test.ts.

struct Params {
  n: u32,
  dv: u32,
  first: u32,
  base: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> v: array<f32>;
@group(0) @binding(2) var<storage, read> t: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn pair_contract(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let query = i / p.dv;
  let c = i - query * p.dv;
  var sum = 0.0;
  for (var j = 0u; j < p.n; j++) {
    sum += v[(p.base + j) * p.dv + c] * t[(query * p.n + j) * p.dv + c];
  }
  y[(p.first + query) * p.dv + c] = sum;
}
