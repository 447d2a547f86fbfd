// One step of the Hillis-Steele prefix sum: y[i] = x[i] + x[i - reach]. log2 n of them.

struct Params {
  n: u32,
  reach: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn naive_scan(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= p.n) {
    return;
  }
  if (i >= p.reach) {
    y[i] = x[i] + x[i - p.reach];
  } else {
    y[i] = x[i];
  }
}
