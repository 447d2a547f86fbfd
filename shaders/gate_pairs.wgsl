//! use linear
//! use elementary
// Pairs of a gated state h_t = a_t h_(t-1) + b_t with logits z and values v. GATED: a = 1 - g, b = g v with
// g = 1 / (1 + exp(-z)), the gate of a recurrent network. Otherwise the selective model with one state, A = -1,
// B = 1, by zero-order hold with the step softplus(z): a = exp(-softplus(z)), b = (1 - a) v. They are equal in
// exact arithmetic (Gu and Dao 2023, theorem 1).
// |error| <= 20 u of each. Reference: app/kernels/gate.ts. Test: app/kernels/gate.test.ts.

override GATED: bool = false;

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> z: array<f32>;
@group(0) @binding(2) var<storage, read> v: array<f32>;
@group(0) @binding(3) var<storage, read_write> a: array<f32>;
@group(0) @binding(4) var<storage, read_write> b: array<f32>;

@compute @workgroup_size(64)
fn gate_pairs(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  if (GATED) {
    // Of the two, the exponential that does not overflow.
    let e = exp_accurate(-abs(z[at]));
    let larger = 1.0 / (1.0 + e);
    let open = select(e * larger, larger, z[at] >= 0.0);
    a[at] = select(larger, e * larger, z[at] >= 0.0);
    b[at] = open * v[at];
  } else {
    let step = softplus(z[at]);
    a[at] = exp_accurate(-step);
    b[at] = -expm1_accurate(-step) * v[at];
  }
}
