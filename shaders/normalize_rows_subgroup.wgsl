enable subgroups;
// Layer norm or RMS norm of every row as in normalize_rows.wgsl, a subgroup a row, for GPUs.
//   x, y: count x n    gain, bias: n
//
// Subgroups of any size: rows are dealt out by the size found at run time. No barrier.
// Work 8 count n flop. Error bound: app/kernels/norm.ts. Test: app/kernels/norm.test.ts.
//! use lanes4
//! use rows

struct Params {
  n: u32,
  count: u32,
  center: u32,
  has_gain: u32,
  has_bias: u32,
  eps: f32,
  group0: u32,
}

override WIDE = false;
override EDGE = true;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> x4: array<vec4f>;
@group(0) @binding(3) var<storage, read> gain: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<storage, read_write> y4: array<vec4f>;

// (x - mean) inverse gain + bias at columns c.. of the row that starts at `begin`.
fn normalized(begin: u32, c: u32, mean: f32, inverse: f32) -> vec4f {
  var t = (load4(begin + c, begin + p.n) - mean) * inverse;
  let i = min(vec4u(c, c + 1u, c + 2u, c + 3u), vec4u(p.n - 1u));
  if (p.has_gain != 0u) {
    t *= vec4f(gain[i.x], gain[i.y], gain[i.z], gain[i.w]);
  }
  if (p.has_bias != 0u) {
    t += vec4f(bias[i.x], bias[i.y], bias[i.z], bias[i.w]);
  }
  return t;
}

@compute @workgroup_size(128)
fn normalize_rows_subgroup(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_index) lid: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let subgroups = 128u / size;
  let turns = (p.count + nwg.x * subgroups - 1u) / (nwg.x * subgroups);
  for (var turn = 0u; turn < turns; turn++) {
    let wanted = (turn * nwg.x + wid.x) * subgroups + lid / size;
    let begin = min(wanted, p.count - 1u) * p.n;
    let end = begin + p.n;
    var mean = 0.0;
    if (p.center != 0u) {
      var sum = vec4f();
      for (var c = lane * 4u; c < p.n; c += size * 4u) {
        sum += within(load4(begin + c, end), c, p.n, 0.0);
      }
      mean = subgroupAdd(sum4(sum)) / f32(p.n);
    }
    var squares = vec4f();
    for (var c = lane * 4u; c < p.n; c += size * 4u) {
      let t = within(load4(begin + c, end) - mean, c, p.n, 0.0);
      squares += t * t;
    }
    let inverse = 1.0 / sqrt(subgroupAdd(sum4(squares)) / f32(p.n) + p.eps);
    for (var c = lane * 4u; c < p.n && wanted < p.count; c += size * 4u) {
      store4(begin + c, end, normalized(begin, c, mean, inverse));
    }
  }
}
