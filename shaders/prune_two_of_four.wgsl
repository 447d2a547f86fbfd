// 2:4 pruning: of every four consecutive entries of a row the two with the largest score |a_ij| * weight_j stay,
// the others become zero; equal scores keep the lower column (Sun et al. 2023, Wanda, for weight_j = ||H_:,j||).
//
//   a, out: rows x cols, 4 divides cols    weight: cols
//
// One invocation per four entries: it ranks them by counting who is ahead. Exact but for the order of scores that
// agree to rounding.
// Reference: app/kernels/grid.ts. Test: app/kernels/grid.test.ts.

struct Params {
  cols: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn prune_two_of_four(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= p.count) {
    return;
  }
  let first = i * 4u;
  let column = first % p.cols;
  var score = array<f32, 4>();
  for (var t = 0u; t < 4u; t++) {
    score[t] = abs(a[first + t]) * weight[column + t];
  }
  for (var t = 0u; t < 4u; t++) {
    var ahead = 0u;
    for (var s = 0u; s < 4u; s++) {
      ahead += select(0u, 1u, score[s] > score[t] || (score[s] == score[t] && s < t));
    }
    out[first + t] = select(0.0, a[first + t], ahead < 2u);
  }
}
