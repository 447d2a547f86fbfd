// out_j = sum over i of a_ij b_ij: the dot products of the columns of two m x n matrices (their products' column
// sums), one invocation a column, in four accumulators.
// |error| <= (m / 4 + 4) 2^-24 sum |a_ij b_ij|.  Test: app/kernels/dense.test.ts.
//! use linear

struct Params {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn column_dots(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let j = linear_index(wid, nwg, lid);
  if (j >= p.n) {
    return;
  }
  var sums = vec4f();
  var at = j;
  var i = 0u;
  for (; i + 4u <= p.m; i += 4u) {
    let next = vec4u(at, at + p.n, at + 2u * p.n, at + 3u * p.n);
    sums += vec4f(a[next.x], a[next.y], a[next.z], a[next.w]) * vec4f(b[next.x], b[next.y], b[next.z], b[next.w]);
    at += 4u * p.n;
  }
  for (; i < p.m; i++) {
    sums.x += a[at] * b[at];
    at += p.n;
  }
  out[j] = (sums.x + sums.y) + (sums.z + sums.w);
}
