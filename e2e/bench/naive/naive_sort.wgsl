// One compare-exchange pass of the bitonic network over a power of two of keys, in place.

struct Params {
  n: u32,
  block: u32,
  reach: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(64)
fn naive_sort(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 64u + id.x;
  let j = i ^ p.reach;
  if (i >= p.n || j <= i) {
    return;
  }
  let up = (i & p.block) == 0u;
  let a = x[i];
  let b = x[j];
  if ((a > b) == up) {
    x[i] = b;
    x[j] = a;
  }
}
