// block + (column) (row)^T, 4 x 4; block[i] is row i.
fn add_outer(block: mat4x4f, column: vec4f, row: vec4f) -> mat4x4f {
  return mat4x4f(
    fma(vec4f(column.x), row, block[0]),
    fma(vec4f(column.y), row, block[1]),
    fma(vec4f(column.z), row, block[2]),
    fma(vec4f(column.w), row, block[3]),
  );
}
