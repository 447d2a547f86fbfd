// The end of a matrix product, an entry at a time, and its buffers (lib/gemm_params.wgsl says what is computed).
//! use activation
//! use gemm_params

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read> other: array<f32>;
@group(0) @binding(6) var<storage, read> u: array<f32>;
@group(0) @binding(7) var<storage, read> v: array<f32>;
@group(0) @binding(8) var<storage, read_write> saved: array<f32>;

// `sum` carries alpha and the low-rank part already; `index` is that of C.
fn finish(index: u32, col: u32, sum: f32) {
  var z = sum;
  if (p.beta != 0.0) {
    z = fma(p.beta, c[index], z);
  }
  if (BIAS) {
    z += bias[col];
  }
  if (SAVE) {
    saved[index] = z;
  }
  if (SLOPE) {
    z *= activation_slope(ACTIVATION, vec4f(other[index])).x;
  } else {
    z = activate(ACTIVATION, vec4f(z)).x;
  }
  if (RESIDUAL) {
    z += other[index];
  }
  c[index] = z;
}

// Four entries of a row of C from column `col` on, as far as they are inside; C begins at `at`.
fn store(at: u32, row: u32, col: u32, sum: vec4f) {
  if (row < p.m) {
    let index = at + row * p.n + col;
    for (var j = 0u; j < 4u; j++) {
      if (col + j < p.n) {
        finish(index + j, col + j, sum[j]);
      }
    }
  }
}
