//! use linear
// One pass of the Walsh-Hadamard transform in natural order along rows of 16 numbers or more: RADIX entries,
// `stride` apart, are replaced by their sums and differences, times `scale`.
//
// One invocation holds RADIX vec4f in registers: no barrier, a quarter of log2(N) passes, 16-byte loads. At
// stride 1 (RADIX 16) these are 16 entries in a row; at larger strides, multiples of 4, four neighbouring groups
// go together. stride * RADIX divides the row length, so groups never cross rows. Work log2(RADIX) flop an entry.
// Reference and bound: app/kernels/hadamard.ts. Test: app/kernels/hadamard.test.ts.

override RADIX: u32 = 16;
override FIRST: bool = true; // stride 1

struct Params {
  groups: u32, // invocations
  stride: u32, // in vec4f (unused in the first pass)
  scale: f32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> b: array<vec4f>;

struct Four {
  a: vec4f,
  b: vec4f,
  c: vec4f,
  d: vec4f,
}

// The transform of four numbers, in all four lanes.
fn across(x0: vec4f, x1: vec4f, x2: vec4f, x3: vec4f) -> Four {
  let s01 = x0 + x1;
  let d01 = x0 - x1;
  let s23 = x2 + x3;
  let d23 = x2 - x3;
  return Four(s01 + s23, d01 + d23, s01 - s23, d01 - d23);
}

// The transform of the four numbers of a vec4f.
fn within(x: vec4f) -> vec4f {
  let s = x.xz + x.yw;
  let d = x.xz - x.yw;
  return vec4f(s.x + s.y, d.x + d.y, s.x - s.y, d.x - d.y);
}

@compute @workgroup_size(64)
fn hadamard(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let group = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (group >= p.groups) {
    return;
  }
  if (FIRST) {
    let at = 4u * group;
    let y = across(within(a[at]), within(a[at + 1u]), within(a[at + 2u]), within(a[at + 3u]));
    b[at] = p.scale * y.a;
    b[at + 1u] = p.scale * y.b;
    b[at + 2u] = p.scale * y.c;
    b[at + 3u] = p.scale * y.d;
    return;
  }
  let s = p.stride;
  let at = (group & ~(s - 1u)) * RADIX + (group & (s - 1u));
  let x0 = a[at];
  let x1 = a[at + s];
  if (RADIX == 2) {
    b[at] = p.scale * (x0 + x1);
    b[at + s] = p.scale * (x0 - x1);
    return;
  }
  let x2 = a[at + 2u * s];
  let x3 = a[at + 3u * s];
  let y0 = across(x0, x1, x2, x3);
  if (RADIX == 4) {
    b[at] = p.scale * y0.a;
    b[at + s] = p.scale * y0.b;
    b[at + 2u * s] = p.scale * y0.c;
    b[at + 3u * s] = p.scale * y0.d;
    return;
  }
  let y1 = across(a[at + 4u * s], a[at + 5u * s], a[at + 6u * s], a[at + 7u * s]);
  if (RADIX == 8) {
    b[at] = p.scale * (y0.a + y1.a);
    b[at + s] = p.scale * (y0.b + y1.b);
    b[at + 2u * s] = p.scale * (y0.c + y1.c);
    b[at + 3u * s] = p.scale * (y0.d + y1.d);
    b[at + 4u * s] = p.scale * (y0.a - y1.a);
    b[at + 5u * s] = p.scale * (y0.b - y1.b);
    b[at + 6u * s] = p.scale * (y0.c - y1.c);
    b[at + 7u * s] = p.scale * (y0.d - y1.d);
    return;
  }
  let y2 = across(a[at + 8u * s], a[at + 9u * s], a[at + 10u * s], a[at + 11u * s]);
  let y3 = across(a[at + 12u * s], a[at + 13u * s], a[at + 14u * s], a[at + 15u * s]);
  let z0 = across(y0.a, y1.a, y2.a, y3.a);
  let z1 = across(y0.b, y1.b, y2.b, y3.b);
  let z2 = across(y0.c, y1.c, y2.c, y3.c);
  let z3 = across(y0.d, y1.d, y2.d, y3.d);
  b[at] = p.scale * z0.a;
  b[at + s] = p.scale * z1.a;
  b[at + 2u * s] = p.scale * z2.a;
  b[at + 3u * s] = p.scale * z3.a;
  b[at + 4u * s] = p.scale * z0.b;
  b[at + 5u * s] = p.scale * z1.b;
  b[at + 6u * s] = p.scale * z2.b;
  b[at + 7u * s] = p.scale * z3.b;
  b[at + 8u * s] = p.scale * z0.c;
  b[at + 9u * s] = p.scale * z1.c;
  b[at + 10u * s] = p.scale * z2.c;
  b[at + 11u * s] = p.scale * z3.c;
  b[at + 12u * s] = p.scale * z0.d;
  b[at + 13u * s] = p.scale * z1.d;
  b[at + 14u * s] = p.scale * z2.d;
  b[at + 15u * s] = p.scale * z3.d;
}
