// Exact attention without the n x n matrix, one block of rows an invocation, no barrier.
//   q: batch x nq x d    k: batch x nk x d    v: batch x nk x dv    o: batch x parts x nq x dv
//   s_ij = scale q_i . k_j + bias_j (- key_norm |k_j|^2 with KEY_NORM),  o_i = sum_j softmax(s_i)_j v_j
//   stats: batch x parts x nq x 2, the largest s_ij of row i and log sum_j exp(s_ij)
//
// Flash attention (Dao et al. 2022, arXiv 2205.14135): 4 rows an invocation meet 8 keys at a time with a
// running maximum m, sum l and output o that is rescaled when m grows. attention_quad.wgsl is the same with
// keys and values shared within quads, attention_workgroup.wgsl the one for GPUs.
//
// y counts blocks of 32 rows times parts: part t meets keys [t part_keys, (t + 1) part_keys) alone, and
// attention_join.wgsl joins the parts. causal: row i meets keys 0..i. d and dv in vec4s (d4, dv4). A batch
// stride of 0 serves one k (q, v) to the whole batch. bias_step 0: no bias, 1: batch x nk, 2: the log-sum-exp of
// the stats of another attention.
// Work 2 nq nk (d + dv) + 5 nq nk flop. Error bound: app/kernels/attention.ts. Test: attention.test.ts.
//! use lanes4

struct Params {
  nq: u32,
  nk: u32,
  d4: u32,
  dv4: u32,
  q_batch: u32,
  k_batch: u32,
  v_batch: u32,
  parts: u32,
  part_keys: u32,
  causal: u32,
  bias_step: u32,
  batch: u32,
  scale: f32,
  key_norm: f32,
  group0: u32,
}

override KEY_NORM = false;
override BIAS = false;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4f>;
@group(0) @binding(2) var<storage, read> k: array<vec4f>;
@group(0) @binding(3) var<storage, read> v: array<vec4f>;
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read_write> o: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> stats: array<vec2f>;

const LOWEST = -3.0e38;

// Squared lengths of the columns.
fn squares(m: mat4x4f) -> vec4f {
  return vec4f(dot(m[0], m[0]), dot(m[1], m[1]), dot(m[2], m[2]), dot(m[3], m[3]));
}

@compute @workgroup_size(8)
fn attention(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let y = wid.y + p.group0;
  let block = y / p.parts;
  let part = y - block * p.parts;
  let row = block * 32u + lid * 4u;
  let rows = min(vec4u(row) + vec4u(0u, 1u, 2u, 3u), vec4u(p.nq - 1u));
  let at_q = wid.z * p.q_batch + rows * p.d4;
  let at_k = wid.z * p.k_batch;
  let at_v = wid.z * p.v_batch;
  let at_row = (wid.z * p.parts + part) * p.nq + rows;
  let at_o = at_row * p.dv4;
  let first = part * p.part_keys;
  // Beyond `last` the whole block sees nothing; beyond ends[r] row r sees nothing.
  let last = min(min(p.nk, first + p.part_keys), select(p.nk, (block + 1u) * 32u, p.causal != 0u));
  let ends = select(vec4u(last), min(vec4u(last), rows + 1u), p.causal != 0u);
  var m = vec4f(LOWEST);
  var l = vec4f();

  for (var key = first; key < last; key += 8u) {
    let near = vec4u(key) + vec4u(0u, 1u, 2u, 3u);
    let far = near + 4u;
    let keys_a = min(near, vec4u(p.nk - 1u));
    let keys_b = min(far, vec4u(p.nk - 1u));
    let k_a = at_k + keys_a * p.d4;
    let k_b = at_k + keys_b * p.d4;
    let v_a = at_v + keys_a * p.dv4;
    let v_b = at_v + keys_b * p.dv4;
    var squared_a = vec4f();
    var squared_b = vec4f();
    var s0a = vec4f();
    var s0b = vec4f();
    var s1a = vec4f();
    var s1b = vec4f();
    var s2a = vec4f();
    var s2b = vec4f();
    var s3a = vec4f();
    var s3b = vec4f();
    for (var c = 0u; c < p.d4; c++) {
      let x_a = mat4x4f(k[k_a.x + c], k[k_a.y + c], k[k_a.z + c], k[k_a.w + c]);
      let x_b = mat4x4f(k[k_b.x + c], k[k_b.y + c], k[k_b.z + c], k[k_b.w + c]);
      if (KEY_NORM) {
        squared_a += squares(x_a);
        squared_b += squares(x_b);
      }
      let q0 = q[at_q.x + c];
      s0a += q0 * x_a;
      s0b += q0 * x_b;
      let q1 = q[at_q.y + c];
      s1a += q1 * x_a;
      s1b += q1 * x_b;
      let q2 = q[at_q.z + c];
      s2a += q2 * x_a;
      s2b += q2 * x_b;
      let q3 = q[at_q.w + c];
      s3a += q3 * x_a;
      s3b += q3 * x_b;
    }
    var add_a = vec4f();
    var add_b = vec4f();
    if (BIAS) {
      let a = (wid.z * p.nk + keys_a + 1u) * p.bias_step - 1u;
      let b = (wid.z * p.nk + keys_b + 1u) * p.bias_step - 1u;
      add_a = vec4f(bias[a.x], bias[a.y], bias[a.z], bias[a.w]);
      add_b = vec4f(bias[b.x], bias[b.y], bias[b.z], bias[b.w]);
    }
    if (KEY_NORM) {
      add_a -= p.key_norm * squared_a;
      add_b -= p.key_norm * squared_b;
    }
    s0a = select(vec4f(LOWEST), p.scale * s0a + add_a, near < vec4u(ends.x));
    s0b = select(vec4f(LOWEST), p.scale * s0b + add_b, far < vec4u(ends.x));
    s1a = select(vec4f(LOWEST), p.scale * s1a + add_a, near < vec4u(ends.y));
    s1b = select(vec4f(LOWEST), p.scale * s1b + add_b, far < vec4u(ends.y));
    s2a = select(vec4f(LOWEST), p.scale * s2a + add_a, near < vec4u(ends.z));
    s2b = select(vec4f(LOWEST), p.scale * s2b + add_b, far < vec4u(ends.z));
    s3a = select(vec4f(LOWEST), p.scale * s3a + add_a, near < vec4u(ends.w));
    s3b = select(vec4f(LOWEST), p.scale * s3b + add_b, far < vec4u(ends.w));
    let top = max(
      m,
      vec4f(
        largest4(max(s0a, s0b)),
        largest4(max(s1a, s1b)),
        largest4(max(s2a, s2b)),
        largest4(max(s3a, s3b)),
      ),
    );
    var fade = exp(m - top);
    m = top;
    s0a = exp(s0a - m.x);
    s0b = exp(s0b - m.x);
    s1a = exp(s1a - m.y);
    s1b = exp(s1b - m.y);
    s2a = exp(s2a - m.z);
    s2b = exp(s2b - m.z);
    s3a = exp(s3a - m.w);
    s3b = exp(s3b - m.w);
    l = l * fade + vec4f(sum4(s0a + s0b), sum4(s1a + s1b), sum4(s2a + s2b), sum4(s3a + s3b));
    // The division by l goes with the last block of keys.
    let divide = select(vec4f(1.0), 1.0 / l, key + 8u >= last);
    fade *= divide;
    s0a *= divide.x;
    s0b *= divide.x;
    s1a *= divide.y;
    s1b *= divide.y;
    s2a *= divide.z;
    s2b *= divide.z;
    s3a *= divide.w;
    s3b *= divide.w;
    for (var c = 0u; c < p.dv4; c++) {
      var o0 = vec4f();
      var o1 = vec4f();
      var o2 = vec4f();
      var o3 = vec4f();
      if (key != first && row < p.nq) {
        o0 = fade.x * o[at_o.x + c];
        o1 = fade.y * o[at_o.y + c];
        o2 = fade.z * o[at_o.z + c];
        o3 = fade.w * o[at_o.w + c];
      }
      let y_a = mat4x4f(v[v_a.x + c], v[v_a.y + c], v[v_a.z + c], v[v_a.w + c]);
      let y_b = mat4x4f(v[v_b.x + c], v[v_b.y + c], v[v_b.z + c], v[v_b.w + c]);
      o0 += y_a * s0a + y_b * s0b;
      o1 += y_a * s1a + y_b * s1b;
      o2 += y_a * s2a + y_b * s2b;
      o3 += y_a * s3a + y_b * s3b;
      // Rows past the edge are copies of the last one; an invocation of copies alone must not store.
      if (row < p.nq) {
        o[at_o.x + c] = o0;
        o[at_o.y + c] = o1;
        o[at_o.z + c] = o2;
        o[at_o.w + c] = o3;
      }
    }
  }
  if (row >= p.nq) {
    return;
  }
  let lse = m + log(l);
  for (var r = 0u; r < 4u; r++) {
    stats[at_row[r]] = select(vec2f(LOWEST), vec2f(m[r], lse[r]), first < last);
    for (var c = 0u; c < p.dv4 && first >= last; c++) {
      o[at_o[r] + c] = vec4f();
    }
  }
}
