//! use linear
// One pass of the Walsh-Hadamard transform in natural order along rows, for rows shorter than 16: `radix` entries, `stride` apart, are
// replaced by their sums and differences, times `scale`.
//
// One invocation holds its 1, 2, 4 or 8 entries in registers: no barrier, log2(N) / 3 passes. stride * radix
// divides the row length, so groups never cross rows. Work log2(radix) flop an entry and pass.
// Reference and bound: app/kernels/hadamard.ts. Test: app/kernels/hadamard.test.ts.

struct Params {
  groups: u32,
  stride: u32,
  radix: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> b: array<f32>;

@compute @workgroup_size(64)
fn hadamard_short(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let group = linear_index(wid, nwg, lid);
  if (group >= p.groups) {
    return;
  }
  let first = (group / p.stride) * p.stride * p.radix + group % p.stride;
  var x: array<f32, 8>;
  for (var k = 0u; k < p.radix; k++) {
    x[k] = a[first + k * p.stride];
  }
  for (var half = 1u; half < p.radix; half *= 2u) {
    for (var k = 0u; k < p.radix; k++) {
      if ((k & half) == 0u) {
        let sum = x[k] + x[k + half];
        x[k + half] = x[k] - x[k + half];
        x[k] = sum;
      }
    }
  }
  for (var k = 0u; k < p.radix; k++) {
    b[first + k * p.stride] = p.scale * x[k];
  }
}
