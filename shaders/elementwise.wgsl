// out = f(x, y, z) entry by entry, operands of one shape or single numbers (lib/elementwise.wgsl has the f).
//
// An invocation takes four vec4, 64 apart, so that neighbours read neighbours: sixteen entries keep enough loads in
// flight to fill the memory. Where the count is no multiple of four the last vec4 reaches into the padding of the
// buffers, which are always whole vec4. Bytes 4 count a tensor. Test: app/kernels/broadcast.test.ts.
//! use elementwise

struct Params {
  // in vec4
  count: u32,
  x_value: f32,
  y_value: f32,
  z_value: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> z: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

// Whether an operand is a tensor; else it is the number in the parameters.
override X: bool = true;
override Y: bool = false;
override Z: bool = false;

fn entry(i: u32) {
  var a = vec4f(p.x_value);
  var b = vec4f(p.y_value);
  var c = vec4f(p.z_value);
  if (X) {
    a = x[i];
  }
  if (Y) {
    b = y[i];
  }
  if (Z) {
    c = z[i];
  }
  out[i] = operate(a, b, c);
}

@compute @workgroup_size(64)
fn elementwise(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let start = (wid.y * nwg.x + wid.x) * 256u + lid.x;
  if (start + 192u < p.count) {
    // Written out: a loop costs a software adapter half as much again.
    entry(start);
    entry(start + 64u);
    entry(start + 128u);
    entry(start + 192u);
    return;
  }
  for (var i = start; i < p.count; i += 64u) {
    entry(i);
  }
}
