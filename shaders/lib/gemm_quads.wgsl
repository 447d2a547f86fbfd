// Columns of op(A) and rows of op(B) for the quads of lanes of gemm_quad_vec4.wgsl and gemm_quad_tall.wgsl: four steps of
// k at a time, of A each lane holds a row in four (or a step in four, where A is stored transposed).
//! use gemm_epilogue_vec4
//! use outer

override TRANSPOSE_A: bool = false;
override TRANSPOSE_B: bool = false;

// Entry j from lane j.
fn gather(entry: f32) -> vec4f {
  return vec4f(
    quadBroadcast(entry, 0u),
    quadBroadcast(entry, 1u),
    quadBroadcast(entry, 2u),
    quadBroadcast(entry, 3u),
  );
}

// Column t of four rows of op(A), t = 0..3 of the steps at hand.
fn column0(part: vec4f) -> vec4f {
  if (TRANSPOSE_A) {
    return quadBroadcast(part, 0u);
  }
  return gather(part.x);
}

fn column1(part: vec4f) -> vec4f {
  if (TRANSPOSE_A) {
    return quadBroadcast(part, 1u);
  }
  return gather(part.y);
}

fn column2(part: vec4f) -> vec4f {
  if (TRANSPOSE_A) {
    return quadBroadcast(part, 2u);
  }
  return gather(part.z);
}

fn column3(part: vec4f) -> vec4f {
  if (TRANSPOSE_A) {
    return quadBroadcast(part, 3u);
  }
  return gather(part.w);
}

// Four rows of four columns of op(B); what is stored by columns is turned.
fn load_b(at: vec4u) -> mat4x4f {
  let block = mat4x4f(b[at.x], b[at.y], b[at.z], b[at.w]);
  if (TRANSPOSE_B) {
    return transpose(block);
  }
  return block;
}
