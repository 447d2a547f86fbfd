// NF4 in blocks of 64: one invocation a block; the scale is its largest absolute value, eight codes make a word.

struct Params {
  blocks: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> levels: array<f32>;
@group(0) @binding(3) var<storage, read_write> codes: array<u32>;
@group(0) @binding(4) var<storage, read_write> scales: array<f32>;

@compute @workgroup_size(64)
fn naive_quantize(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let block = id.y * groups.x * 64u + id.x;
  if (block >= p.blocks) {
    return;
  }
  var scale = 0.0;
  for (var i = 0u; i < 64u; i++) {
    scale = max(scale, abs(x[64u * block + i]));
  }
  scales[block] = scale;
  for (var word = 0u; word < 8u; word++) {
    var packed = 0u;
    for (var i = 0u; i < 8u; i++) {
      let value = x[64u * block + 8u * word + i] / scale;
      var code = 0u;
      for (var level = 1u; level < 16u; level++) {
        if (abs(value - levels[level]) < abs(value - levels[code])) {
          code = level;
        }
      }
      packed |= code << (4u * i);
    }
    codes[8u * block + word] = packed;
  }
}
