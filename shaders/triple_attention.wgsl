// Attention to pairs of keys, narrow: for a query i, over all pairs (j, l) of a range of j,
//   s = scale sum_c q_ic k1_jc k2_lc,   y_c = sum_jl e^s v1_jc v2_lc / sum_jl e^s.
//   q, k1, k2: batch x n x 4 (or 8)    v1, v2: batch x n x 4 (or 8)    part: batch x n x parts x 4 (or 8)
//   stats: batch x n x parts x 2, the largest score and the sum of exponentials relative to it
//
// No n x n array: one invocation holds q_i * k1_j, walks all l with a running maximum and sum, and folds the sum over
// l into the result before the next j. Sums are rescaled only when the maximum grows. Ranges of j (`parts`) are joined
// by triple_join.wgsl. Everything lives in registers: widths are padded to QUADS = 1 or 2 quads.
// Work n^2 (4 d + 4) flop a query. Error: that of n^2 terms added in order, in runs of n, times e^s exact to
// (d + 8 + 2 |s|) 2^-24 relatively. Source: Alman, Song 2024 (arXiv:2310.04064). Test: app/kernels/triple.test.ts.

override QUADS: u32 = 1;

struct Params {
  n: u32,
  parts: u32,
  part_keys: u32,
  batch: u32,
  scale: f32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4f>;
@group(0) @binding(2) var<storage, read> k1: array<vec4f>;
@group(0) @binding(3) var<storage, read> k2: array<vec4f>;
@group(0) @binding(4) var<storage, read> v1: array<vec4f>;
@group(0) @binding(5) var<storage, read> v2: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> part: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> stats: array<vec2f>;

@compute @workgroup_size(64)
fn triple_attention(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let at = (wid.y + p.group0) * 64u + lid.x;
  if (at >= p.batch * p.n * p.parts) {
    return;
  }
  let query = at / p.parts;
  let range = at - query * p.parts;
  let base = (query / p.n) * p.n;
  let first = base + range * p.part_keys;
  let last = min(base + p.n, first + p.part_keys);

  let q0 = p.scale * q[query * QUADS];
  let q1 = p.scale * q[query * QUADS + QUADS - 1u];
  var total0 = vec4f();
  var total1 = vec4f();
  var most = -3.0e38;
  var sum = 0.0;
  for (var j = first; j < last; j++) {
    let gate0 = q0 * k1[j * QUADS];
    let gate1 = q1 * k1[j * QUADS + QUADS - 1u];
    var inner0 = vec4f();
    var inner1 = vec4f();
    var inner_sum = 0.0;
    for (var l = base; l < base + p.n; l++) {
      var score = dot(gate0, k2[l * QUADS]);
      if (QUADS == 2u) {
        score += dot(gate1, k2[l * 2u + 1u]);
      }
      if (score > most) {
        let shrink = exp(most - score);
        most = score;
        sum *= shrink;
        inner_sum *= shrink;
        total0 *= shrink;
        total1 *= shrink;
        inner0 *= shrink;
        inner1 *= shrink;
      }
      let weight = exp(score - most);
      inner_sum += weight;
      inner0 += weight * v2[l * QUADS];
      if (QUADS == 2u) {
        inner1 += weight * v2[l * 2u + 1u];
      }
    }
    sum += inner_sum;
    total0 += v1[j * QUADS] * inner0;
    total1 += v1[j * QUADS + QUADS - 1u] * inner1;
  }
  part[at * QUADS] = total0;
  if (QUADS == 2u) {
    part[at * 2u + 1u] = total1;
  }
  stats[at] = vec2f(most, sum);
}
