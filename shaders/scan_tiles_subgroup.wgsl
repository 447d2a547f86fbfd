enable subgroups;
//! use scan_op
// scan_tiles.wgsl with subgroups: a row of 4 LANES numbers is scanned inside each subgroup without workgroup memory,
// then over the totals of the subgroups: two barriers a row instead of 2 log2 LANES.
//
// The size of a subgroup comes from the adapter; LANES is a multiple of it. Bound, reference: app/kernels/scan.ts.
// Test: scantiles.test.ts.

override LANES: u32 = 256;
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

var<workgroup> of_subgroup: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn scan_tiles_subgroup(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) size: u32,
) {
  let tile = wid.x;
  let line = wid.y + p.group0;
  let at = line * p.stride + tile;
  let quads = p.n / 4u;
  let origin = line * quads;
  // Where invocations lie in subgroups is the adapter's business; their order is by local index on all of them.
  let own = lid.x / size;
  let subgroups = LANES / size;
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
    // A scan by shuffles serves every operation, not sums alone.
    var sum = inside.w;
    for (var span = 1u; span < size; span *= 2u) {
      let other = subgroupShuffleUp(sum, span);
      sum = select(sum, combine(other, sum), lane >= span);
    }
    let last = subgroupShuffleUp(sum, 1u);
    let left = select(last, scan_identity(), lane == 0u);
    if (lane == size - 1u) {
      of_subgroup[own] = sum;
    }
    workgroupBarrier();
    var others = scan_identity();
    var all = scan_identity();
    for (var s = 0u; s < subgroups; s++) {
      others = select(others, all, s == own);
      all = combine(all, of_subgroup[s]);
    }
    if (WHAT == 1 && q < quads) {
      let shifted = vec4f(scan_identity(), inside.xyz);
      let local = combine4(vec4f(combine(others, left)), select(inside, shifted, p.exclusive == 1u));
      y[origin + q] = combine4(vec4f(total), local);
    }
    total = combine(total, all);
    workgroupBarrier();
  }
  if (WHAT == 0 && lid.x == 0u) {
    totals[at] = total;
  }
}
