//! use linear
//! use scan_op
// scan_totals.wgsl for contiguous lines, forward and without flags: the totals of chunks of 256 numbers, read
// as 64 vec4f each, in groups of 8.
// Bound, reference: app/kernels/scan.ts. Test: app/kernels/scan.test.ts.

struct Params {
  n: u32,
  chunks: u32, // of a line
  count: u32, // of all lines
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> totals: array<f32>;

@compute @workgroup_size(64)
fn scan_totals4(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  let line = at / p.chunks;
  let first = (at - line * p.chunks) * 256u;
  let origin = (line * p.n + first) / 4u;
  // The last chunk of a line may be short; what is missing there is the business of the next kernel.
  let groups = min(256u, p.n - first) / 32u;
  var total = vec4f(scan_identity());
  for (var g = 0u; g < groups; g++) {
    var i = origin + 8u * g;
    let a = combine4(combine4(x[i], x[i + 1u]), combine4(x[i + 2u], x[i + 3u]));
    let b = combine4(combine4(x[i + 4u], x[i + 5u]), combine4(x[i + 6u], x[i + 7u]));
    total = combine4(total, combine4(a, b));
  }
  totals[at] = combine(combine(total.x, total.y), combine(total.z, total.w));
}
