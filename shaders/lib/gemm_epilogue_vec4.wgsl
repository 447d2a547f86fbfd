// Buffers and end of a matrix product, four entries of a row at a time, where n is a multiple of four
// (lib/gemm_params.wgsl says what is computed). V is stored rank x n.
//! use activation
//! use gemm_params

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;
@group(0) @binding(5) var<storage, read> other: array<vec4f>;
@group(0) @binding(6) var<storage, read> u: array<f32>;
@group(0) @binding(7) var<storage, read> v: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> saved: array<vec4f>;

// Four entries of row `row` of C from column 4 * `col` on; C begins at `at`, counted in fours as `col` is.
// `sum` carries alpha and the low-rank part already.
fn store(at: u32, row: u32, col: u32, sum: vec4f) {
  if (row >= p.m) {
    return;
  }
  let index = at + row * (p.n / 4u) + col;
  var z = sum;
  if (p.beta != 0.0) {
    z = fma(vec4f(p.beta), c[index], z);
  }
  if (BIAS) {
    z += bias[col];
  }
  if (SAVE) {
    saved[index] = z;
  }
  if (SLOPE) {
    z *= activation_slope(ACTIVATION, other[index]);
  } else {
    z = activate(ACTIVATION, z);
  }
  if (RESIDUAL) {
    z += other[index];
  }
  c[index] = z;
}
