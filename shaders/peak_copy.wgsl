// The memory peak: copies `count` vectors of four words; 32 bytes moved for each. An invocation takes four, 64 apart,
// so that enough loads are in flight and neighbours read neighbours.


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
  let start = (wid.y * nwg.x + wid.x) * 256u + lid.x;
  if (start + 192u < p.count) {
    c[start] = a[start];
    c[start + 64u] = a[start + 64u];
    c[start + 128u] = a[start + 128u];
    c[start + 192u] = a[start + 192u];
  } else {
    for (var i = start; i < p.count; i += 64u) {
      c[i] = a[i];
    }
  }
}
