// y = A x (along = 0) or y = A^T x (along = 1) for a batch of m x n matrices, and normalize_lines' companion in
// the power iteration. One invocation an entry of y; with along = 1 neighbours read neighbouring columns.
//   A: batch x m x n    x: batch x n (or m)    y: batch x m (or n)
// |error| <= gamma_n (|A||x|)_i. Test: app/kernels/spectral.test.ts.
//! use linear

struct Params {
  m: u32,
  n: u32,
  batch: u32,
  along: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn matvec(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  let lines = select(p.m, p.n, p.along == 1u);
  let terms = select(p.n, p.m, p.along == 1u);
  if (at >= p.batch * lines) {
    return;
  }
  let item = at / lines;
  let line = at - item * lines;
  let step = select(1u, p.n, p.along == 1u);
  var at_a = item * p.m * p.n + select(line * p.n, line, p.along == 1u);
  let at_x = item * terms;
  var even = 0.0;
  var odd = 0.0;
  let pairs = terms / 2u;
  for (var t = 0u; t < pairs; t++) {
    even += a[at_a] * x[at_x + 2u * t];
    odd += a[at_a + step] * x[at_x + 2u * t + 1u];
    at_a += 2u * step;
  }
  if (2u * pairs < terms) {
    even += a[at_a] * x[at_x + terms - 1u];
  }
  y[at] = even + odd;
}
