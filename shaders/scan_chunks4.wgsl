//! use linear
//! use scan_op
// scan_chunks.wgsl for contiguous lines, forward and without flags: chunks of 256 numbers, read and written as
// 64 vec4f each. A number is combined inside its vec4f, then in its group of 8, then with what came before.
// Bound, reference: app/kernels/scan.ts. Test: app/kernels/scan.test.ts.

struct Params {
  n: u32,
  chunks: u32, // of a line
  count: u32, // of all lines
  exclusive: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> before: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

// Writes the scan of one vec4f after `total` and `group`; the group with it.
fn put(i: u32, total: f32, group: f32, exclusive: bool) -> f32 {
  let v = x[i];
  let xy = combine(v.x, v.y);
  let inside = vec4f(v.x, xy, combine(xy, v.z), combine(xy, combine(v.z, v.w)));
  let shifted = vec4f(scan_identity(), inside.xyz);
  let local = combine4(vec4f(group), select(inside, shifted, exclusive));
  y[i] = combine4(vec4f(total), local);
  return combine(group, inside.w);
}

@compute @workgroup_size(64)
fn scan_chunks4(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  let line = at / p.chunks;
  let chunk = at - line * p.chunks;
  let origin = (line * p.n + chunk * 256u) / 4u;
  let quads = (min(256u, p.n - chunk * 256u) + 3u) / 4u;
  var total = scan_identity();
  if (chunk > 0u) {
    total = before[at - 1u];
  }
  let exclusive = p.exclusive == 1u;
  let end = origin + quads;
  var i = origin;
  for (; i + 8u <= end; i += 8u) {
    // Written out: a loop within costs a software adapter a sixth.
    var group = put(i, total, scan_identity(), exclusive);
    group = put(i + 1u, total, group, exclusive);
    group = put(i + 2u, total, group, exclusive);
    group = put(i + 3u, total, group, exclusive);
    group = put(i + 4u, total, group, exclusive);
    group = put(i + 5u, total, group, exclusive);
    group = put(i + 6u, total, group, exclusive);
    group = put(i + 7u, total, group, exclusive);
    total = combine(total, group);
  }
  var rest = scan_identity();
  for (; i < end; i++) {
    rest = put(i, total, rest, exclusive);
  }
}
