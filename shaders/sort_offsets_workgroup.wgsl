// Sums before, on GPUs: each line of counts becomes its exclusive prefix sums, in place; its total to `totals`.
//   tally: lines x chunks    totals: lines
//
// A workgroup a line: 1024 counts at a time, four an invocation, joined by a Hillis-Steele scan of the fours.
// Reference: app/kernels/sort.ts. Test: app/kernels/sort.test.ts.

struct Params {
  lines: u32,
  chunks: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> tally: array<u32>;
@group(0) @binding(2) var<storage, read_write> totals: array<u32>;

var<workgroup> sums: array<u32, 512>;

@compute @workgroup_size(256)
fn sort_offsets_workgroup(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let line = wid.x * p.chunks;
  var before = 0u;
  for (var tile = 0u; tile < p.chunks; tile += 1024u) {
    // Written out: Dawn on SwiftShader keeps the last turn's values where no initial value stands.
    var counts = array<u32, 4>(0u, 0u, 0u, 0u);
    var sum = 0u;
    for (var i = 0u; i < 4u; i++) {
      let j = tile + lid.x * 4u + i;
      if (j < p.chunks) {
        counts[i] = tally[line + j];
      }
      sum += counts[i];
    }
    // Two halves in turn, so that a step needs one barrier.
    var half = 0u;
    sums[lid.x] = sum;
    workgroupBarrier();
    for (var reach = 1u; reach < 256u; reach *= 2u) {
      var next = sums[half + lid.x];
      if (lid.x >= reach) {
        next += sums[half + lid.x - reach];
      }
      half = 256u - half;
      sums[half + lid.x] = next;
      workgroupBarrier();
    }
    var at = before + sums[half + lid.x] - sum;
    for (var i = 0u; i < 4u; i++) {
      let j = tile + lid.x * 4u + i;
      if (j < p.chunks) {
        tally[line + j] = at;
      }
      at += counts[i];
    }
    before += sums[half + 255u];
    workgroupBarrier();
  }
  if (lid.x == 0u) {
    totals[wid.x] = before;
  }
}
