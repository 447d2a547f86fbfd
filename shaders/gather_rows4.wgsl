// gather_rows.wgsl for widths that are multiples of four: four words at once, sixteen an invocation, 64 vec4 apart, so
// that neighbours read neighbours. Row i of the result is row index[i] of a; rows past the end are zero.
//   a: rows x width    index: count    out: count x width; width in vec4
// Reference: app/kernels/gather.ts. Test: app/kernels/gather.test.ts.

struct Params {
  rows: u32,
  width: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4u>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4u>;

@compute @workgroup_size(64)
fn gather_rows4(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let start = 256u * (wid.y * nwg.x + wid.x) + lid.x;
  let size = p.count * p.width;
  for (var i = start; i < min(start + 256u, size); i += 64u) {
    let line = i / p.width;
    let row = index[line];
    var words = vec4u();
    if (row < p.rows) {
      words = a[row * p.width + (i - line * p.width)];
    }
    out[i] = words;
  }
}
