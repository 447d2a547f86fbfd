// out = f(x, y, z) entry by entry, operands broadcast to one shape of up to four dimensions (lib/elementwise.wgsl has
// the f). A stride is that of an operand along a dimension, in entries; 0 where it is repeated.
//
// An invocation takes four neighbours of the innermost dimension; the others are counted by y.
// Bytes 4 count for out, and what the operands hold. Test: app/kernels/broadcast.test.ts.
//! use elementwise

struct Params {
  inner: u32,
  size1: u32,
  size2: u32,
  outer: u32,
  x0: u32,
  x1: u32,
  x2: u32,
  x3: u32,
  y0: u32,
  y1: u32,
  y2: u32,
  y3: u32,
  z0: u32,
  z1: u32,
  z2: u32,
  z3: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read> z: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(16, 4)
fn broadcast(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let col = (wid.x * 16u + lid.x) * 4u;
  let line = (wid.y + p.group0) * 4u + lid.y;
  if (col >= p.inner || line >= p.outer) {
    return;
  }
  let cols = min(vec4u(col) + vec4u(0u, 1u, 2u, 3u), vec4u(p.inner - 1u));
  let above = line / p.size1;
  let i1 = line - above * p.size1;
  let i3 = above / p.size2;
  let i2 = above - i3 * p.size2;
  let at_x = i1 * p.x1 + i2 * p.x2 + i3 * p.x3 + cols * p.x0;
  let at_y = i1 * p.y1 + i2 * p.y2 + i3 * p.y3 + cols * p.y0;
  let at_z = i1 * p.z1 + i2 * p.z2 + i3 * p.z3 + cols * p.z0;
  let result = operate(
    vec4f(x[at_x.x], x[at_x.y], x[at_x.z], x[at_x.w]),
    vec4f(y[at_y.x], y[at_y.y], y[at_y.z], y[at_y.w]),
    vec4f(z[at_z.x], z[at_z.y], z[at_z.z], z[at_z.w]),
  );
  let index = line * p.inner + col;
  out[index] = result.x;
  if (col + 1u < p.inner) {
    out[index + 1u] = result.y;
  }
  if (col + 2u < p.inner) {
    out[index + 2u] = result.z;
  }
  if (col + 3u < p.inner) {
    out[index + 3u] = result.w;
  }
}
