// A team that is a workgroup of TEAM invocations (a power of two) and sums through workgroup memory. To be
// called in uniform control flow; what comes back is uniform.

const TEAM = 128u;
var<workgroup> team_parts: array<vec4f, TEAM>;

fn team_sum(x: vec4f, me: u32) -> vec4f {
  team_parts[me] = x;
  workgroupBarrier();
  for (var span = TEAM / 2u; span > 0u; span >>= 1u) {
    if (me < span) {
      team_parts[me] += team_parts[me + span];
    }
    workgroupBarrier();
  }
  return workgroupUniformLoad(&team_parts[0]);
}
