// Simulated quantization: every `group` consecutive entries of a row are rounded to a symmetric grid of their own.
// scale = max|a| / levels (1 where the group is zero), out = scale * clamp(round(a / scale), -levels, levels),
// ties to the even neighbour.
//
//   a, out: rows x cols, group divides cols    levels = 2^(bits-1) - 1
//
// One invocation per group: it reads the group twice. Work 4 flop an entry. Against float64 an entry may land on
// the neighbouring level where a / scale is within rounding of a tie.
// Reference: app/kernels/grid.ts. Test: app/kernels/grid.test.ts.

struct Params {
  group: u32,
  count: u32,
  levels: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn round_to_grid(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= p.count) {
    return;
  }
  let first = i * p.group;
  var largest = 0.0;
  for (var t = first; t < first + p.group; t++) {
    largest = max(largest, abs(a[t]));
  }
  let scale = select(1.0, largest / p.levels, largest > 0.0);
  for (var t = first; t < first + p.group; t++) {
    out[t] = scale * clamp(round(a[t] / scale), -p.levels, p.levels);
  }
}
