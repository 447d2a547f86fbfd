// Exact attention without the n x n matrix, tiles of 64 rows and 32 keys in workgroup memory.
//   q: batch x nq x d    k: batch x nk x d    v: batch x nk x dv    o: batch x parts x nq x dv
//   s_ij = scale q_i . k_j + bias_j (- key_norm |k_j|^2 with KEY_NORM),  o_i = sum_j softmax(s_i)_j v_j
//   stats: batch x parts x nq x 2, the largest s_ij of row i and log sum_j exp(s_ij)
//
// Flash attention (Dao et al. 2022, arXiv 2205.14135) for GPUs. 128 invocations: 16 groups of 4 rows by 8
// columns. For the scores a column is 4 keys, for the output every eighth vec4 of dv (dv <= 128). K and V go
// through one tile of 32 keys by 32 numbers, and V is fetched once the maximum is known; within a tile all
// reads are broadcasts or side by side. Sums of a row stay with their column until the end.
// 15 KiB of workgroup memory. Parts, causal and strides as in attention.wgsl, the barrier-free one; a block
// is 64 rows here.
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
const KEYS = 32u;
const WIDE = 8u; // vec4s of a key in the tile
const PITCH = 9u;

var<workgroup> tile: array<vec4f, 288>; // KEYS x PITCH
var<workgroup> weight: array<f32, 2112>; // 64 rows x 33
var<workgroup> column: array<f32, 512>; // 64 rows x 8 columns

fn fill_keys(lid: u32, at: u32, key: u32, c0: u32) {
  for (var e = lid; e < KEYS * WIDE; e += 128u) {
    let row = key + e / WIDE;
    let c = c0 + e % WIDE;
    var x = vec4f();
    if (row < p.nk && c < p.d4) {
      x = k[at + row * p.d4 + c];
    }
    tile[(e / WIDE) * PITCH + e % WIDE] = x;
  }
}

fn fill_values(lid: u32, at: u32, key: u32, c0: u32) {
  for (var e = lid; e < KEYS * WIDE; e += 128u) {
    let row = key + e / WIDE;
    let c = c0 + e % WIDE;
    var x = vec4f();
    if (row < p.nk && c < p.dv4) {
      x = v[at + row * p.dv4 + c];
    }
    tile[(e / WIDE) * PITCH + e % WIDE] = x;
  }
}

@compute @workgroup_size(128)
fn attention_workgroup(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let y = wid.y + p.group0;
  let block = y / p.parts;
  let part = y - block * p.parts;
  let tx = lid & 7u;
  let local = (lid >> 3u) * 4u;
  let row = block * 64u + local;
  let rows = min(vec4u(row) + vec4u(0u, 1u, 2u, 3u), vec4u(p.nq - 1u));
  let at_q = wid.z * p.q_batch + rows * p.d4;
  let at_k = wid.z * p.k_batch;
  let at_v = wid.z * p.v_batch;
  let first = part * p.part_keys;
  let last = min(min(p.nk, first + p.part_keys), select(p.nk, (block + 1u) * 64u, p.causal != 0u));
  let ends = select(vec4u(last), min(vec4u(last), rows + 1u), p.causal != 0u);
  var m = vec4f(LOWEST);
  var l = vec4f();
  var acc: array<vec4f, 16>; // [vec4 of dv / 8][row]

  for (var key = first; key < last; key += KEYS) {
    let keys = vec4u(key + tx) + vec4u(0u, 8u, 16u, 24u);
    // Written out: without an initial value an array kept that of the block before (Dawn on SwiftShader, 2026).
    var s = array(vec4f(), vec4f(), vec4f(), vec4f());
    var squared = vec4f();
    for (var c0 = 0u; c0 < p.d4; c0 += WIDE) {
      workgroupBarrier();
      fill_keys(lid, at_k, key, c0);
      workgroupBarrier();
      for (var c = 0u; c < min(WIDE, p.d4 - c0); c++) {
        let at = tx * PITCH + c;
        let x = mat4x4f(tile[at], tile[at + 72u], tile[at + 144u], tile[at + 216u]);
        if (KEY_NORM) {
          squared += vec4f(dot(x[0], x[0]), dot(x[1], x[1]), dot(x[2], x[2]), dot(x[3], x[3]));
        }
        for (var r = 0u; r < 4u; r++) {
          s[r] += q[at_q[r] + c0 + c] * x;
        }
      }
    }
    var add = vec4f();
    if (BIAS) {
      let at = (wid.z * p.nk + min(keys, vec4u(p.nk - 1u)) + 1u) * p.bias_step - 1u;
      add = vec4f(bias[at.x], bias[at.y], bias[at.z], bias[at.w]);
    }
    if (KEY_NORM) {
      add -= p.key_norm * squared;
    }
    for (var r = 0u; r < 4u; r++) {
      s[r] = select(vec4f(LOWEST), p.scale * s[r] + add, keys < vec4u(ends[r]));
      column[(local + r) * 8u + tx] = largest4(s[r]);
    }
    workgroupBarrier();
    for (var r = 0u; r < 4u; r++) {
      var top = m[r];
      for (var t = 0u; t < 8u; t++) {
        top = max(top, column[(local + r) * 8u + t]);
      }
      let fade = exp(m[r] - top);
      m[r] = top;
      s[r] = exp(s[r] - top);
      l[r] = l[r] * fade + sum4(s[r]);
      let at = (local + r) * 33u + tx;
      weight[at] = s[r].x;
      weight[at + 8u] = s[r].y;
      weight[at + 16u] = s[r].z;
      weight[at + 24u] = s[r].w;
      for (var j = 0u; j < 4u; j++) {
        acc[j * 4u + r] *= fade;
      }
    }
    for (var c0 = 0u; c0 < p.dv4; c0 += WIDE) {
      workgroupBarrier();
      fill_values(lid, at_v, key, c0);
      workgroupBarrier();
      let j = c0 / WIDE * 4u;
      for (var t = 0u; t < KEYS; t++) {
        let x = tile[t * PITCH + tx];
        for (var r = 0u; r < 4u; r++) {
          acc[j + r] += weight[(local + r) * 33u + t] * x;
        }
      }
    }
  }

  workgroupBarrier();
  for (var r = 0u; r < 4u; r++) {
    column[(local + r) * 8u + tx] = l[r];
  }
  workgroupBarrier();
  for (var r = 0u; r < 4u && row + r < p.nq; r++) {
    var sum = 0.0;
    for (var t = 0u; t < 8u; t++) {
      sum += column[(local + r) * 8u + t];
    }
    let at_row = (wid.z * p.parts + part) * p.nq + row + r;
    for (var c = tx; c < p.dv4; c += 8u) {
      o[at_row * p.dv4 + c] = select(vec4f(), acc[(c >> 3u) * 4u + r] / sum, first < last);
    }
    if (tx == 0u) {
      stats[at_row] = select(vec2f(LOWEST), vec2f(m[r], m[r] + log(sum)), first < last);
    }
  }
}
