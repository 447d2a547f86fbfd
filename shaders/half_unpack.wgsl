// Float16, two to a word, to float32: exact, save that an adapter may read a subnormal half (|x| < 2^-14) as zero.
// Reference: app/math/float16.ts. Test: app/kernels/half.test.ts.

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn half_unpack(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let word = gid.y * groups.x * 64u + gid.x;
  let at = 2u * word;
  if (at >= p.count) {
    return;
  }
  let pair = unpack2x16float(x[word]);
  y[at] = pair.x;
  if (at + 1u < p.count) {
    y[at + 1u] = pair.y;
  }
}
