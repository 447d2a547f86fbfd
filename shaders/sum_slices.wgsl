// C = alpha * (sum over s of part_s) + beta * C: adds the slices of a split-K product in order.
//   part: batch x slices x size    C: batch x size
// Test: app/kernels/matmul.test.ts.
//! use linear

struct Params {
  size: u32,
  slices: u32,
  count: u32,
  alpha: f32,
  beta: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> part: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;

@compute @workgroup_size(64)
fn sum_slices(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let index = linear_index(wid, nwg, lid);
  if (index >= p.count) {
    return;
  }
  let batch = index / p.size;
  let start = batch * p.slices * p.size + (index - batch * p.size);
  var sum = 0.0;
  for (var s = 0u; s < p.slices; s++) {
    sum += part[start + s * p.size];
  }
  var result = p.alpha * sum;
  if (p.beta != 0.0) {
    result += p.beta * c[index];
  }
  c[index] = result;
}
