// Attention on the pairs that hashing puts together, alone or as a correction of random features:
//   o_i = num_i / den_i, over the keys j in S_i (each once), s_ij = scale q_i.k_j
//   alone:       num = sum exp(s_ij) v_j,                            den = sum exp(s_ij)
//   CORRECTION:  num = phi_i (phi(K)^T V) + sum w_ij v_j,  den likewise,  w_ij = exp(s_ij) - phi(q_i).phi(k_j)
//   q: n x (d4 + r4) vec4s, the query and exp(log phi - shift_i)    k: n x (d4 + r4), likewise    v: n x dv4
//   plan: order of the keys, ranks of the queries, ranks of the keys, each `size` numbers, n a round
//   low: n x (4 dv4 + 4), the output of the features alone, their sum and its log scale    o: n x dv4    den: n x 2
//
// Query i and key j are paired in round t when rank_q[i] / chunk = rank_k[j] / chunk; a pair of an earlier round is
// skipped (Chen et al. 2021, arXiv 2110.15343). Exact scores and features share the running maximum m as their
// scale: nothing overflows. den: the sum and the number of pairs. Denominators below 1e-30 are cut there.
// One invocation a query, four keys at a time, no barrier.
// Work rounds chunk n (2 d + 2 r + 2 dv) flop. Error bound: app/kernels/lsh.ts. Test: app/kernels/lsh.test.ts.
//! use lanes4

struct Params {
  n: u32,
  d4: u32,
  r4: u32,
  dv4: u32,
  rounds: u32,
  size: u32,
  chunk: u32,
  scale: f32,
  group0: u32,
}

override CORRECTION = false;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4f>;
@group(0) @binding(2) var<storage, read> k: array<vec4f>;
@group(0) @binding(3) var<storage, read> v: array<vec4f>;
@group(0) @binding(4) var<storage, read> plan: array<u32>;
@group(0) @binding(5) var<storage, read> low: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> o: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> den: array<f32>;

const LOWEST = -3.0e38;

// Whether query and key met in a round before `round`.
fn met(query: u32, key: u32, round: u32) -> bool {
  for (var t = 0u; t < round; t++) {
    let at = t * p.n;
    if (plan[p.size + at + query] / p.chunk == plan[2u * p.size + at + key] / p.chunk) {
      return true;
    }
  }
  return false;
}

@compute @workgroup_size(16)
fn lsh_attention(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = (wid.y + p.group0) * 16u + lid.x;
  if (row >= p.n) {
    return;
  }
  let wide = p.d4 + p.r4;
  let at_q = row * wide;
  let at_o = row * p.dv4;
  var m = LOWEST;
  var sum = 0.0;
  var scale_low = 0.0;
  var pairs = 0u;
  if (CORRECTION) {
    let own = low[row * (p.dv4 + 1u) + p.dv4];
    sum = own.x;
    scale_low = own.y;
    m = scale_low;
  }
  for (var c = 0u; c < p.dv4; c++) {
    var begin = vec4f();
    if (CORRECTION) {
      begin = sum * low[row * (p.dv4 + 1u) + c];
    }
    o[at_o + c] = begin;
  }
  for (var t = 0u; t < p.rounds; t++) {
    let first = (plan[p.size + t * p.n + row] / p.chunk) * p.chunk;
    for (var s = 0u; s < p.chunk; s += 4u) {
      var keys = vec4u();
      var isNew = vec4f();
      for (var j = 0u; j < 4u; j++) {
        let place = min(first + min(s + j, p.chunk - 1u), p.n - 1u);
        keys[j] = plan[t * p.n + place];
        let counts = s + j < p.chunk && first + s + j < p.n && !met(row, keys[j], t);
        isNew[j] = select(0.0, 1.0, counts);
        pairs += select(0u, 1u, counts);
      }
      if (sum4(isNew) == 0.0) {
        continue;
      }
      let at_k = keys * wide;
      let at_v = keys * p.dv4;
      var scores = vec4f();
      for (var c = 0u; c < p.d4; c++) {
        scores += q[at_q + c] * mat4x4f(k[at_k.x + c], k[at_k.y + c], k[at_k.z + c], k[at_k.w + c]);
      }
      scores = select(vec4f(LOWEST), p.scale * scores, isNew > vec4f());
      let top = max(m, largest4(scores));
      let fade = exp(m - top);
      var weight = isNew * exp(scores - top);
      if (CORRECTION) {
        var products = vec4f();
        for (var c = p.d4; c < wide; c++) {
          products += q[at_q + c] * mat4x4f(k[at_k.x + c], k[at_k.y + c], k[at_k.z + c], k[at_k.w + c]);
        }
        weight -= isNew * exp(scale_low - top) * products;
      }
      m = top;
      sum = sum * fade + sum4(weight);
      for (var c = 0u; c < p.dv4; c++) {
        let values = mat4x4f(v[at_v.x + c], v[at_v.y + c], v[at_v.z + c], v[at_v.w + c]);
        o[at_o + c] = fade * o[at_o + c] + values * weight;
      }
    }
  }
  let share = 1.0 / max(sum, 1e-30);
  for (var c = 0u; c < p.dv4; c++) {
    o[at_o + c] *= share;
  }
  den[2u * row] = sum;
  den[2u * row + 1u] = f32(pairs);
}
