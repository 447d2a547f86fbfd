//! use linear
// The kernel of a diagonal state space model: K_ok = 2 Re sum_i weight_oi a_i^k, k < length, for each output o.
//   weight: outputs x modes    coarse: modes x blocks, a^(block j)    fine: modes x block, a^j    out: outputs x length
//
// a^k = coarse[k / block] fine[k mod block], both tables made in float64: a phase k dt w formed in float32 would
// reach 10^4 radians and lose its digits. Nothing of size modes x length is stored.
// One invocation an entry. Work 14 modes flop. |error| <= (modes + 8) 2^-24 2 sum_i |weight_oi| |a_i|^k.
// Source: Gu, Gupta, Goel, Re 2022 (arXiv:2206.11893). Test: app/kernels/vandermonde.test.ts.

struct Params {
  length: u32,
  modes: u32,
  block: u32,
  blocks: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> weight: array<vec2f>;
@group(0) @binding(2) var<storage, read> coarse: array<vec2f>;
@group(0) @binding(3) var<storage, read> fine: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

fn product(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}

@compute @workgroup_size(64)
fn vandermonde(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let row = i / p.length;
  let k = i - row * p.length;
  let slow = k / p.block;
  let fast = k - slow * p.block;
  var sum = 0.0;
  for (var m = 0u; m < p.modes; m++) {
    let power = product(coarse[m * p.blocks + slow], fine[m * p.block + fast]);
    let w = weight[row * p.modes + m];
    sum += w.x * power.x - w.y * power.y;
  }
  out[i] = 2.0 * sum;
}
