// A step of AdamW, one invocation a parameter; moments (m, v) side by side.

struct Params {
  n: u32,
  rate: f32,
  keep: f32,
  c1: f32,
  c2: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> theta: array<f32>;
@group(0) @binding(3) var<storage, read_write> moments: array<f32>;

@compute @workgroup_size(64)
fn naive_adamw(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= p.n) {
    return;
  }
  let g = gradient[i];
  let m = 0.9 * moments[2u * i] + 0.1 * g;
  let v = 0.999 * moments[2u * i + 1u] + 0.001 * g * g;
  moments[2u * i] = m;
  moments[2u * i + 1u] = v;
  theta[i] = p.keep * theta[i] - p.rate * m * p.c1 / (sqrt(v * p.c2) + 1e-8);
}
