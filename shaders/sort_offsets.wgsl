//! use linear
// Sums before: each line of counts becomes its exclusive prefix sums, in place, and its total goes to `totals`.
//   tally: lines x chunks    totals: lines
//
// One invocation a line, serial: lines are short. sort_offsets_workgroup.wgsl is for long ones.
// Reference: app/kernels/sort.ts. Test: app/kernels/sort.test.ts.

struct Params {
  lines: u32,
  chunks: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> tally: array<u32>;
@group(0) @binding(2) var<storage, read_write> totals: array<u32>;

@compute @workgroup_size(64)
fn sort_offsets(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let line = linear_index(wid, nwg, lid);
  if (line >= p.lines) {
    return;
  }
  var sum = 0u;
  for (var at = line * p.chunks; at < (line + 1u) * p.chunks; at++) {
    let count = tally[at];
    tally[at] = sum;
    sum += count;
  }
  totals[line] = sum;
}
