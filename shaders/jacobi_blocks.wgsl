// A round of block one-sided Jacobi for GPUs: disjoint pairs of blocks of 16 rows of B (circle method on `blocks`
// blocks), a workgroup a pair. Of its 32 rows C the Gram matrix G = C C^T is formed and diagonalized by two-sided
// Jacobi sweeps, and the product J of the rotations applied: C <- J^T C, and the same rows of V.
//   B: n x m    V: n x v    (rows padded with zeros to whole vec4s)    counts: rotations that were due, a pair
//
// G only decides on the rotations: tested is |g_ij| > tolerance sqrt(g_ii g_jj) with G fresh from the rows, so
// what converges are the rows themselves, small ones relative to their own size (Demmel, Veselic 1992).
// Work 2 * 32^2 (2 m + v) flop a pair. Reference: app/math/jacobi.ts. Test: app/kernels/jacobi.test.ts.
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
@group(0) @binding(1) var<storage, read_write> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> v: array<f32>;
@group(0) @binding(3) var<storage, read_write> counts: array<f32>;

const WIDTH = 16u;
const SIZE = 32u; // rows of a pair
const PITCH = 33u;
const INNER_SWEEPS = 2u;

var<workgroup> gram: array<f32, 1056>;
var<workgroup> turns: array<f32, 1056>; // J
var<workgroup> tile: array<f32, 1056>;
var<workgroup> angle: array<vec2f, 16>; // s and tau of the pairs of an inner round
var<workgroup> due: atomic<u32>;
var<workgroup> settled: u32;

fn row_at(seat: u32, first: u32, second: u32) -> u32 {
  return select(second + seat - WIDTH, first + seat, seat < WIDTH);
}

// rows <- J^T rows for the 32 rows of one matrix with this pitch, 32 columns at a time; which: 0 for B, 1 for V.
fn apply(which: u32, pitch: u32, first: u32, second: u32, local: u32) {
  for (var from_col = 0u; from_col < pitch; from_col += SIZE) {
    for (var e = local; e < SIZE * SIZE; e += 256u) {
      let row = row_at(e / SIZE, first, second);
      let col = from_col + e % SIZE;
      var value = 0.0;
      if (row < p.n && col < pitch) {
        if (which == 0u) {
          value = b[row * pitch + col];
        } else {
          value = v[row * pitch + col];
        }
      }
      tile[(e / SIZE) * PITCH + e % SIZE] = value;
    }
    workgroupBarrier();
    let col = local % SIZE;
    let top = local / SIZE * 4u;
    var sum = vec4f();
    for (var k = 0u; k < SIZE; k++) {
      let at = k * PITCH + top;
      sum += tile[k * PITCH + col] * vec4f(turns[at], turns[at + 1u], turns[at + 2u], turns[at + 3u]);
    }
    for (var k = 0u; k < 4u; k++) {
      let row = row_at(top + k, first, second);
      if (row < p.n && from_col + col < pitch) {
        if (which == 0u) {
          b[row * pitch + from_col + col] = sum[k];
        } else {
          v[row * pitch + from_col + col] = sum[k];
        }
      }
    }
    workgroupBarrier();
  }
}

@compute @workgroup_size(256)
fn jacobi_blocks(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) local: u32) {
  let circle = p.blocks - 1u;
  let pair = wid.x;
  let one = select((p.turn + pair) % circle, circle, pair == 0u);
  let two = (p.turn + circle - pair) % circle;
  let first = min(one, two) * WIDTH;
  let second = max(one, two) * WIDTH;
  let pitch = 4u * p.m4;

  // G, four entries an invocation: row and four columns.
  let row = local / 8u;
  let col = local % 8u * 4u;
  var sum = vec4f();
  for (var from_col = 0u; from_col < pitch; from_col += SIZE) {
    for (var e = local; e < SIZE * SIZE; e += 256u) {
      let source = row_at(e / SIZE, first, second);
      let at = from_col + e % SIZE;
      var value = 0.0;
      if (source < p.n && at < pitch) {
        value = b[source * pitch + at];
      }
      tile[(e / SIZE) * PITCH + e % SIZE] = value;
    }
    workgroupBarrier();
    for (var k = 0u; k < SIZE; k++) {
      let at = col * PITCH + k;
      sum += tile[row * PITCH + k] *
        vec4f(tile[at], tile[at + PITCH], tile[at + 2u * PITCH], tile[at + 3u * PITCH]);
    }
    workgroupBarrier();
  }
  for (var k = 0u; k < 4u; k++) {
    gram[row * PITCH + col + k] = sum[k];
    turns[row * PITCH + col + k] = select(0.0, 1.0, row == col + k);
  }
  workgroupBarrier();
  for (var k = 0u; k < 4u; k++) {
    let other = col + k;
    let ii = gram[row * PITCH + row];
    let jj = gram[other * PITCH + other];
    if (row < other && needs_turn(ii, jj, sum[k], p.tolerance)) {
      atomicAdd(&due, 1u);
    }
  }
  workgroupBarrier();
  if (local == 0u) {
    settled = atomicLoad(&due);
    counts[pair] += f32(settled);
  }
  if (workgroupUniformLoad(&settled) == 0u) {
    return;
  }

  for (var round = 0u; round < INNER_SWEEPS * (SIZE - 1u); round++) {
    let seat = local / 16u;
    let i = select((round + seat) % (SIZE - 1u), SIZE - 1u, seat == 0u);
    let j = (round % (SIZE - 1u) + SIZE - 1u - seat) % (SIZE - 1u);
    if (local % 16u == 0u) {
      let ii = gram[i * PITCH + i];
      let jj = gram[j * PITCH + j];
      let ij = gram[i * PITCH + j];
      angle[seat] = vec2f();
      if (needs_turn(ii, jj, ij, 0.1 * p.tolerance)) {
        let turn = turn_of(ii, jj, ij);
        angle[seat] = vec2f(turn.s, turn.tau);
      }
    }
    workgroupBarrier();
    let s = angle[seat].x;
    let tau = angle[seat].y;
    // Columns i and j of G and of J, two rows an invocation; then rows i and j of G.
    for (var k = local % 16u; k < SIZE; k += 16u) {
      let x = gram[k * PITCH + i];
      let y = gram[k * PITCH + j];
      gram[k * PITCH + i] = x - s * (y + tau * x);
      gram[k * PITCH + j] = y + s * (x - tau * y);
      let jx = turns[k * PITCH + i];
      let jy = turns[k * PITCH + j];
      turns[k * PITCH + i] = jx - s * (jy + tau * jx);
      turns[k * PITCH + j] = jy + s * (jx - tau * jy);
    }
    workgroupBarrier();
    for (var k = local % 16u; k < SIZE; k += 16u) {
      let x = gram[i * PITCH + k];
      let y = gram[j * PITCH + k];
      gram[i * PITCH + k] = x - s * (y + tau * x);
      gram[j * PITCH + k] = y + s * (x - tau * y);
    }
    workgroupBarrier();
  }
  apply(0u, pitch, first, second, local);
  apply(1u, 4u * p.v4, first, second, local);
}
