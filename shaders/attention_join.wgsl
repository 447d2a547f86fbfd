// Joins attention over parts of the keys: o_i = sum_t w_t o_it / sum_t w_t, w_t = exp(lse_it - max_t lse_it).
//   part: batch x parts x nq x dv    part_stats: batch x parts x nq x 2 (largest score, log sum of exponentials)
//   o: batch x nq x dv    stats: batch x nq x 2
// One invocation a vec4 of o; dv in vec4s (dv4), count = batch nq dv4. Parts that saw no key weigh nothing.
// Work 3 parts flop a number. Reference: app/kernels/attention.ts. Test: app/kernels/attention.test.ts.
//! use linear

struct Params {
  nq: u32,
  dv4: u32,
  parts: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> part: array<vec4f>;
@group(0) @binding(2) var<storage, read> part_stats: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> o: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> stats: array<vec2f>;

@compute @workgroup_size(64)
fn attention_join(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(wid, nwg, lid);
  if (at >= p.count) {
    return;
  }
  let line = at / p.dv4;
  let c = at - line * p.dv4;
  let item = line / p.nq;
  let row = line - item * p.nq;
  var top = vec2f(-3.0e38);
  for (var t = 0u; t < p.parts; t++) {
    top = max(top, part_stats[(item * p.parts + t) * p.nq + row]);
  }
  var sum = 0.0;
  var mean = vec4f();
  for (var t = 0u; t < p.parts; t++) {
    let source = (item * p.parts + t) * p.nq + row;
    let w = exp(part_stats[source].y - top.y);
    sum += w;
    mean += w * part[source * p.dv4 + c];
  }
  o[at] = mean / sum;
  if (c == 0u) {
    stats[line] = vec2f(top.x, top.y + log(sum));
  }
}
