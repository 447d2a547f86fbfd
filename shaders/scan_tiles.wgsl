//! use scan_op
//! use workgroup_scan
// A scan of contiguous lines by tiles of 16 LANES numbers, for GPUs: WHAT 0 writes the total of every tile, WHAT 1
// scans every tile from the scan of the totals before it, `before`. Each number is read once and written once in
// either; 12 bytes a number in all.
//
// An invocation holds 4 vec4f, LANES apart in memory, so that loads and stores coalesce: rows of 4 LANES numbers,
// scanned row after row, each across the workgroup. Bound, reference: app/kernels/scan.ts. Test: scantiles.test.ts.

override WHAT: u32 = 1;

struct Params {
  n: u32, // a multiple of 4
  tiles: u32, // of a line
  stride: u32, // from a line of totals to the next
  exclusive: u32,
  lines: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> before: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> totals: array<f32>;

@compute @workgroup_size(LANES)
fn scan_tiles(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let tile = wid.x;
  let line = wid.y + p.group0;
  let at = line * p.stride + tile;
  let quads = p.n / 4u;
  let origin = line * quads;
  var total = scan_identity();
  if (WHAT == 1 && tile > 0u) {
    total = before[at - 1u];
  }
  for (var row = 0u; row < 4u; row++) {
    let q = tile * 4u * LANES + row * LANES + lid.x;
    var v = vec4f(scan_identity());
    if (q < quads) {
      v = x[origin + q];
    }
    let xy = combine(v.x, v.y);
    let inside = vec4f(v.x, xy, combine(xy, v.z), combine(xy, combine(v.z, v.w)));
    let left = combined_before(lid.x, inside.w);
    if (WHAT == 1 && q < quads) {
      let shifted = vec4f(scan_identity(), inside.xyz);
      let local = combine4(vec4f(left), select(inside, shifted, p.exclusive == 1u));
      y[origin + q] = combine4(vec4f(total), local);
    }
    total = combine(total, lane_totals[LANES - 1u]);
    workgroupBarrier();
  }
  if (WHAT == 0 && lid.x == 0u) {
    totals[at] = total;
  }
}
