// The parameters of all matrix products, and what is done with a finished sum s = (op(A) op(B))_ij:
//   z = alpha s + beta C_ij + gamma (U V)_ij + bias_j
//   C_ij = f(z) + other_ij, or z f'(other_ij) with SLOPE (the backward step through f)
// Parts that are not asked for are compiled away; a buffer that is not used is bound to something else.
//   bias: n    other, saved (the z of the forward step): as C    U: batch x m x rank    V: rank x n, by strides

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

override ACTIVATION: u32 = 0;
override BIAS: bool = false;
override RESIDUAL: bool = false;
override SLOPE: bool = false;
override LOW_RANK: bool = false;
override SAVE: bool = false;
