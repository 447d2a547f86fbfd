// Partial sums of squares: out[batch * parts + g] = sum of x_i^2 over the g-th run of `span` entries
// of each batch item. Eight running sums an invocation keep the rounding error near span / 8 * 2^-24.
// Test: app/kernels/dense.test.ts.
//! use linear

struct Params {
  size: u32,
  span: u32,
  parts: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

fn term(index: u32, end: u32) -> f32 {
  if (index >= end) {
    return 0.0;
  }
  return x[index] * x[index];
}

@compute @workgroup_size(64)
fn sum_squares(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let item = at / p.parts;
  let first = (at - item * p.parts) * p.span;
  let end = item * p.size + min(p.size, first + p.span);
  var low = vec4f();
  var high = vec4f();
  for (var i = item * p.size + first; i < end; i += 8u) {
    low += vec4f(term(i, end), term(i + 1u, end), term(i + 2u, end), term(i + 3u, end));
    high += vec4f(term(i + 4u, end), term(i + 5u, end), term(i + 6u, end), term(i + 7u, end));
  }
  let sum = low + high;
  out[at] = (sum.x + sum.y) + (sum.z + sum.w);
}
