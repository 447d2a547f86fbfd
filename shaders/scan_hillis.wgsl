//! use linear
// One pass of the Hillis-Steele scan of pairs along the rows of L x lanes: the pair of row t >= span becomes
// (row t - span) then (row t), (a1 a2, a2 b1 + b2); rows before stay. log2 L passes, L log2 L pairs of work.
// Source: Hillis and Steele 1986. Reference: app/kernels/scanforms.ts. Test: app/kernels/pairs.test.ts.

struct Params {
  lanes: u32,
  span: u32,
  count: u32, // L * lanes
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> next_a: array<f32>;
@group(0) @binding(4) var<storage, read_write> next_b: array<f32>;

@compute @workgroup_size(64)
fn scan_hillis(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  let back = p.span * p.lanes;
  if (at < back) {
    next_a[at] = a[at];
    next_b[at] = b[at];
  } else {
    next_a[at] = a[at - back] * a[at];
    next_b[at] = a[at] * b[at - back] + b[at];
  }
}
