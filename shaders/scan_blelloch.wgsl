//! use linear
// One pass of Blelloch's scan of pairs along the rows of L x lanes, L a power of two, in place. STEP 0, up:
// right child (row k + 2 span - 1) = left (k + span - 1) then right. STEP 1, down: the left child takes the
// parent's prefix, the right child (prefix) then (old left); the pass with 2 span = L first sets the root to the
// identity (1, 0). STEP 2: h_t = a_t prefix_t + b_t into prefix_b, from the pairs as they were.
// Source: Blelloch 1990, section 1.3. Reference: app/kernels/scanforms.ts. Test: app/kernels/pairs.test.ts.

override STEP: u32 = 0;

struct Params {
  steps: u32, // L
  lanes: u32,
  span: u32,
  count: u32, // L / (2 span) * lanes, or L * lanes in step 2
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> prefix_a: array<f32>;
@group(0) @binding(4) var<storage, read_write> prefix_b: array<f32>;

@compute @workgroup_size(64)
fn scan_blelloch(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  if (STEP == 2) {
    prefix_b[at] = a[at] * prefix_b[at] + b[at];
    return;
  }
  let node = at / p.lanes;
  let lane = at - node * p.lanes;
  let left = (2u * p.span * node + p.span - 1u) * p.lanes + lane;
  let right = left + p.span * p.lanes;
  let left_a = prefix_a[left];
  let left_b = prefix_b[left];
  if (STEP == 0) {
    let right_a = prefix_a[right];
    prefix_a[right] = left_a * right_a;
    prefix_b[right] = right_a * left_b + prefix_b[right];
    return;
  }
  let isRoot = 2u * p.span == p.steps;
  let parent_a = select(prefix_a[right], 1.0, isRoot);
  let parent_b = select(prefix_b[right], 0.0, isRoot);
  prefix_a[left] = parent_a;
  prefix_b[left] = parent_b;
  prefix_a[right] = parent_a * left_a;
  prefix_b[right] = left_a * parent_b + left_b;
}
