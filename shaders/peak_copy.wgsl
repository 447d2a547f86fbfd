// The memory peak: copies `count` vectors of four words; 32 bytes moved for each.

//! use linear

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4u>;

@compute @workgroup_size(64)
fn peak_copy(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i < p.count) {
    c[i] = a[i];
  }
}
