// What all matrix products share: parameters, buffers, and what becomes of a finished sum s = (op(A) op(B))_ij:
//   z = alpha s + beta C_ij + gamma (U V)_ij + bias_j
//   C_ij = f(z) + other_ij, or z f'(other_ij) with SLOPE (the backward step through f)
// Parts that are not asked for are compiled away; a buffer that is not used is bound to something else.
//   bias: n    other, saved (the z of the forward step): as C    U: batch x m x rank    V: rank x n, by strides
//! use activation

struct Params {
  m: u32,
  n: u32,
  k: u32,
  a_row: u32,
  a_col: u32,
  b_row: u32,
  b_col: u32,
  a_batch: u32,
  b_batch: u32,
  slices: u32,
  k_slice: u32,
  batch: u32,
  rank: u32,
  u_batch: u32,
  v_row: u32,
  v_col: u32,
  v_batch: u32,
  alpha: f32,
  beta: f32,
  gamma: f32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read> other: array<f32>;
@group(0) @binding(6) var<storage, read> u: array<f32>;
@group(0) @binding(7) var<storage, read> v: array<f32>;
@group(0) @binding(8) var<storage, read_write> saved: array<f32>;

override ACTIVATION: u32 = 0;
override BIAS: bool = false;
override RESIDUAL: bool = false;
override SLOPE: bool = false;
override LOW_RANK: bool = false;
override SAVE: bool = false;

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
    z *= activation_slope(ACTIVATION, other[index]);
  } else {
    z = activate(ACTIVATION, z);
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
