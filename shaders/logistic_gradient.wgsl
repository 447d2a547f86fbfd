// delta = (1 / (1 + exp(-z)) - y) * scale: the gradient of the mean binary cross-entropy with respect to the
// logits, for scale = 1 / n.
//
//   z, y, delta: n. y is 0 or 1.
//
// exp(-|z|) never overflows; |error| <= scale * 2^-20 (WGSL: exp within 3 + 2|z| ulp, and it is at most 1).
// Reference: app/kernels/embedding.ts. Test: app/kernels/embedding.test.ts.

struct Params {
  count: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> delta: array<f32>;

@compute @workgroup_size(64)
fn logistic_gradient(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let at = id.y * groups.x * 64u + id.x;
  if (at >= p.count) {
    return;
  }
  let e = exp(-abs(z[at]));
  let likely = 1.0 / (1.0 + e);
  let probability = select(e * likely, likely, z[at] >= 0.0);
  delta[at] = (probability - y[at]) * p.scale;
}
