//! use scan_op
// The scan of one number of every invocation of a workgroup of LANES, a power of two: the combination of those
// before it. log2 LANES steps of Hillis and Steele in workgroup memory, two barriers each.

override LANES: u32 = 256;

var<workgroup> lane_totals: array<f32, LANES>;

// Must be reached by all invocations. Leaves the total of all in lane_totals[LANES - 1].
fn combined_before(lane: u32, own: f32) -> f32 {
  lane_totals[lane] = own;
  workgroupBarrier();
  for (var span = 1u; span < LANES; span *= 2u) {
    var sum = lane_totals[lane];
    if (lane >= span) {
      sum = combine(lane_totals[lane - span], sum);
    }
    workgroupBarrier();
    lane_totals[lane] = sum;
    workgroupBarrier();
  }
  if (lane == 0u) {
    return scan_identity();
  }
  return lane_totals[lane - 1u];
}
