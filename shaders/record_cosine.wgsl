// out[at] = <a, b> / (||a|| ||b||): one number of a history that is read when the run is over.
//
//   a, b: count
//
// One invocation. |error| <= (count + 8) 2^-24, as a and b are not negative here.
// Reference: app/kernels/projected.ts. Test: app/kernels/projected.test.ts.

struct Params {
  count: u32,
  at: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(1)
fn record_cosine() {
  var ab = 0.0;
  var aa = 0.0;
  var bb = 0.0;
  for (var i = 0u; i < p.count; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  out[p.at] = ab / (sqrt(aa) * sqrt(bb));
}
