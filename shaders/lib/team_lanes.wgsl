// A team of four invocations of one subgroup that sum without barriers. A body that uses it lets every
// invocation read only what it wrote itself or what no one writes: memory needs no barrier then either.

// The team runs in step because all that decides is a team_sum, which the analysis cannot see.
diagnostic(off, subgroup_uniformity);

const TEAM = 4u;

fn team_sum(x: vec4f, me: u32) -> vec4f {
  return subgroupAdd(x);
}
