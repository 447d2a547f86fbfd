// One-sided Jacobi (Hestenes 1958) on matrices of at most 64 rows, a workgroup a matrix and all sweeps in one
// dispatch, for GPUs: the rows b_i of B are rotated in pairs until orthogonal wherever
// |b_i . b_j| > tolerance |b_i| |b_j|, and the rows of V with them. counts[item] = sweeps.
//   B: batch x n x m    V: batch x n x v    (rows padded with zeros to whole vec4s)
//
// A round rotates seats / 2 disjoint pairs (circle method), eight invocations a pair: each owns every eighth vec4
// of both rows, the eight partial sums go through workgroup memory, and a second barrier ends the round.
// Work 6 n^2 m + 3 n^2 v flop a sweep. Reference: app/math/jacobi.ts. Test: app/kernels/jacobi.test.ts.
//! use jacobi_turn

struct Params {
  n: u32,
  m4: u32,
  v4: u32,
  blocks: u32,
  width: u32,
  turn: u32,
  sweeps: u32,
  tolerance: f32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> counts: array<f32>;

const LANES = 8u;
var<workgroup> parts: array<vec3f, 256>;
var<workgroup> turned: atomic<u32>;
var<workgroup> before: u32;

@compute @workgroup_size(256)
fn jacobi_workgroup(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) local: u32) {
  let item = wid.y + p.group0;
  let base_b = item * p.n * p.m4;
  let base_v = item * p.n * p.v4;
  let pair = local / LANES;
  let me = local % LANES;
  let seats = p.n + p.n % 2u;
  let circle = seats - 1u;
  var total = 0u;
  var done = 0u;
  while (done < p.sweeps) {
    for (var round = 0u; round < circle; round++) {
      let i = select((round + pair) % circle, circle, pair == 0u);
      let j = (round + circle - pair % circle) % circle;
      let is_pair = pair < seats / 2u && i < p.n && j < p.n;
      let at_i = base_b + i * p.m4;
      let at_j = base_b + j * p.m4;
      var part = vec3f();
      if (is_pair) {
        for (var k = me; k < p.m4; k += LANES) {
          let x = b[at_i + k];
          let y = b[at_j + k];
          part += vec3f(dot(x, x), dot(y, y), dot(x, y));
        }
      }
      parts[local] = part;
      workgroupBarrier();
      var sum = vec3f();
      for (var k = 0u; k < LANES; k++) {
        sum += parts[pair * LANES + k];
      }
      if (is_pair && needs_turn(sum.x, sum.y, sum.z, p.tolerance)) {
        if (me == 0u) {
          atomicAdd(&turned, 1u);
        }
        let turn = turn_of(sum.x, sum.y, sum.z);
        for (var k = me; k < p.m4; k += LANES) {
          let x = b[at_i + k];
          let y = b[at_j + k];
          b[at_i + k] = x - turn.s * (y + turn.tau * x);
          b[at_j + k] = y + turn.s * (x - turn.tau * y);
        }
        let row_i = base_v + i * p.v4;
        let row_j = base_v + j * p.v4;
        for (var k = me; k < p.v4; k += LANES) {
          let x = v[row_i + k];
          let y = v[row_j + k];
          v[row_i + k] = x - turn.s * (y + turn.tau * x);
          v[row_j + k] = y + turn.s * (x - turn.tau * y);
        }
      }
      // Both kinds of memory: the rows are in storage, the sums in workgroup memory.
      storageBarrier();
      workgroupBarrier();
    }
    done++;
    if (local == 0u) {
      before = atomicLoad(&turned);
    }
    let now = workgroupUniformLoad(&before);
    if (now == total) {
      break;
    }
    total = now;
  }
  if (local == 0u) {
    counts[item] = f32(done);
  }
}
