// The upper triangle of G = Y^T Y in `slices` parts over the rows of Y, for barrier-free adapters: half of what a
// product takes.
//   Y: batch x m x n    G: batch x slices x n x n (blocks below the diagonal are not written)
//
// An invocation sums the 4 x 8 block of G at (4 i, 8 j) over the rows of its slice, as gemm.wgsl does.
// Work m n (n + 8) flop. |error| <= gamma_m |Y|^T|Y|. Reference: app/math/linalg.ts.
// Test: app/kernels/cholesky.test.ts.

struct Params {
  m: u32,
  n: u32,
  slices: u32,
  rows: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> g: array<f32>;

fn load(at: u32, cols: vec4u) -> vec4f {
  return vec4f(y[at + cols.x], y[at + cols.y], y[at + cols.z], y[at + cols.w]);
}

fn store(at: u32, col: u32, value: vec4f) {
  for (var j = 0u; j < 4u; j++) {
    if (col + j < p.n) {
      g[at + col + j] = value[j];
    }
  }
}

@compute @workgroup_size(4, 8)
fn gram(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = (wid.y * 8u + lid.y) * 4u;
  let col = (wid.x * 4u + lid.x) * 8u;
  if (row >= p.n || col >= p.n || col + 7u < row) {
    return;
  }
  let part = wid.z + p.group0;
  let item = part / p.slices;
  let slice = part - item * p.slices;
  let begin = min(p.m, slice * p.rows);
  let end = min(p.m, begin + p.rows);
  let edge = vec4u(p.n - 1u);
  let top = min(row + vec4u(0u, 1u, 2u, 3u), edge);
  let left = min(col + vec4u(0u, 1u, 2u, 3u), edge);
  let right = min(col + vec4u(4u, 5u, 6u, 7u), edge);
  var at = (item * p.m + begin) * p.n;

  var g00 = vec4f();
  var g01 = vec4f();
  var g10 = vec4f();
  var g11 = vec4f();
  var g20 = vec4f();
  var g21 = vec4f();
  var g30 = vec4f();
  var g31 = vec4f();
  for (var i = begin; i < end; i++) {
    let b0 = load(at, left);
    let b1 = load(at, right);
    let a = load(at, top);
    g00 += a.x * b0;
    g01 += a.x * b1;
    g10 += a.y * b0;
    g11 += a.y * b1;
    g20 += a.z * b0;
    g21 += a.z * b1;
    g30 += a.w * b0;
    g31 += a.w * b1;
    at += p.n;
  }
  let out = (part * p.n + row) * p.n;
  let rows = min(4u, p.n - row);
  store(out, col, g00);
  store(out, col + 4u, g01);
  if (rows > 1u) {
    store(out + p.n, col, g10);
    store(out + p.n, col + 4u, g11);
  }
  if (rows > 2u) {
    store(out + 2u * p.n, col, g20);
    store(out + 2u * p.n, col + 4u, g21);
  }
  if (rows > 3u) {
    store(out + 3u * p.n, col, g30);
    store(out + 3u * p.n, col + 4u, g31);
  }
}
