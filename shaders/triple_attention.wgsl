// Attention to pairs of keys: for a query i, over all pairs (j, l) of a range of j,
//   s = scale sum_c q_ic k1_jc k2_lc,   y_c = sum_jl e^s v1_jc v2_lc / sum_jl e^s.
//   q, k1, k2: batch x n x 4 d4    v1, v2: batch x n x 4 dv4    part: batch x n x parts x 4 dv4
//   stats: batch x n x parts x 2, the largest score and the sum of exponentials relative to it
//
// No n x n array: one invocation holds q_i * k1_j, walks all l with a running maximum and sum, and folds the sum over
// l into the result before the next j. Sums are rescaled only when the maximum grows. Ranges of j (`parts`) are joined
// by triple_join.wgsl. d and dv are padded to quads, at most 256.
// Work n^2 (4 d + 4) flop a query. Error: that of n^2 terms added in order, in runs of n, times e^s exact to
// (d + 8 + 2 |s|) 2^-24 relatively. Source: Alman, Song 2024 (arXiv:2310.04064). Test: app/kernels/triple.test.ts.

struct Params {
  n: u32,
  d4: u32,
  dv4: u32,
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

  var gate: array<vec4f, 64>;
  var inner: array<vec4f, 64>;
  var total: array<vec4f, 64>;
  for (var c = 0u; c < p.dv4; c++) {
    total[c] = vec4f();
  }
  var most = -3.0e38;
  var sum = 0.0;
  for (var j = first; j < last; j++) {
    for (var c = 0u; c < p.d4; c++) {
      gate[c] = p.scale * q[query * p.d4 + c] * k1[j * p.d4 + c];
    }
    for (var c = 0u; c < p.dv4; c++) {
      inner[c] = vec4f();
    }
    var inner_sum = 0.0;
    for (var l = base; l < base + p.n; l++) {
      var score = 0.0;
      for (var c = 0u; c < p.d4; c++) {
        score += dot(gate[c], k2[l * p.d4 + c]);
      }
      if (score > most) {
        let shrink = exp(most - score);
        most = score;
        sum *= shrink;
        inner_sum *= shrink;
        for (var c = 0u; c < p.dv4; c++) {
          total[c] *= shrink;
          inner[c] *= shrink;
        }
      }
      let weight = exp(score - most);
      inner_sum += weight;
      for (var c = 0u; c < p.dv4; c++) {
        inner[c] += weight * v2[l * p.dv4 + c];
      }
    }
    sum += inner_sum;
    for (var c = 0u; c < p.dv4; c++) {
      total[c] += v1[j * p.dv4 + c] * inner[c];
    }
  }
  for (var c = 0u; c < p.dv4; c++) {
    part[at * p.dv4 + c] = total[c];
  }
  stats[at] = vec2f(most, sum);
}
