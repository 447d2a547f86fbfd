// The index of an invocation in a one-dimensional grid of 64-wide workgroups that is folded into y.

fn linear_index(wid: vec3u, nwg: vec3u, lid: vec3u) -> u32 {
  return (wid.y * nwg.x + wid.x) * 64u + lid.x;
}

// The same in workgroups of 4: for invocations that are few and long.
fn linear_index4(wid: vec3u, nwg: vec3u, lid: vec3u) -> u32 {
  return (wid.y * nwg.x + wid.x) * 4u + lid.x;
}
