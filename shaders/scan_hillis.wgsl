//! use linear
// One pass of the Hillis-Steele scan of pairs along the rows of L x lanes: the pair of row t >= span becomes
// (row t - span) then (row t), (a1 a2, a2 b1 + b2); rows before stay. log2 L passes, L log2 L pairs of work.
// Source: Hillis and Steele 1986. Reference: app/kernels/scanforms.ts. Test: app/kernels/pairs.test.ts.

struct Params {
  lanes: u32,
  span: u32,
  size: u32, // L * lanes
  count: u32, // size / 16
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
  // Sixteen pairs an invocation, a workgroup's stride apart, so that neighbours stay neighbours in memory.
  let back = p.span * p.lanes;
  let first = (at / 64u) * 1024u + at % 64u;
  let last = min(first + 1024u, p.size);
  for (var i = first; i < last; i += 64u) {
    let has_left = i >= back;
    let left = select(i, i - back, has_left);
    let own = a[i];
    next_a[i] = select(1.0, a[left], has_left) * own;
    next_b[i] = own * select(0.0, b[left], has_left) + b[i];
  }
}
