// Buffers of a matrix product of float32 operands and its end, an entry at a time.
//! use gemm_end

@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
