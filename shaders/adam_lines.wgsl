// Adam with a step count for each line of parameters, of which only the lines from..to-1 take part in this
// step (DyLoRA, Valipour et al. 2022): elsewhere parameters, moments and counts stay as they are. line[i] says
// to which line entry i belongs (any grouping will do); rates[line] multiplies the learning rate;
// corrections[t - 1] = (1 / (1 - b1^t), 1 / (1 - b2^t)) for the t-th step of a line, from float64.
// The count is kept for each entry, so that no invocation waits for another.
// Update and error as in adam.wgsl.  Test: app/kernels/optimizer.test.ts.
//! use linear

struct Params {
  count: u32,
  lo: u32,
  hi: u32,
  last: u32,
  rate: f32,
  keep: f32,
  b1: f32,
  rest1: f32,
  b2: f32,
  rest2: f32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> line: array<u32>;
@group(0) @binding(3) var<storage, read> rates: array<f32>;
@group(0) @binding(4) var<storage, read> corrections: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> theta: array<f32>;
@group(0) @binding(6) var<storage, read_write> moments: array<vec2f>;
@group(0) @binding(7) var<storage, read_write> steps: array<u32>;

@compute @workgroup_size(64)
fn adam_lines(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = linear_index(wid, nwg, lid);
  if (i >= p.count) {
    return;
  }
  let own = line[i];
  if (own < p.lo || own >= p.hi) {
    return;
  }
  let done = steps[i];
  let c = corrections[min(done, p.last)];
  let g = gradient[i];
  let m = p.b1 * moments[i].x + p.rest1 * g;
  let v = p.b2 * moments[i].y + p.rest2 * (g * g);
  moments[i] = vec2f(m, v);
  steps[i] = done + 1u;
  theta[i] = p.keep * theta[i] - p.rate * rates[own] * ((m * c.x) / (sqrt(v * c.y) + p.eps));
}
