enable subgroups;
// One-sided Jacobi (Hestenes 1958) without barriers: the rows b_i of B are rotated in pairs until orthogonal
// wherever |b_i . b_j| > tolerance |b_i| |b_j|, and the rows of V with them, four lanes of a subgroup a team.
//   B: batch x n x m    V: batch x n x v    (rows padded with zeros to whole vec4s)
//
// blocks = 1: a team takes a whole matrix, and all sweeps in one dispatch; counts[item] = sweeps, the last one,
// without a rotation, included. Otherwise a dispatch is one round of a sweep: the blocks of `width` rows are
// paired (circle method, `blocks` even, those past the end empty), a team a pair, and all pairs of rows between
// the two are rotated, in round 0 those within each block too; counts[pair] grows by the rotations.
//
// An invocation owns every fourth vec4 of each row and reads no other; what decides is a sum over the team.
// Work 6 n^2 m + 3 n^2 v flop a sweep. Reference: app/math/jacobi.ts. Test: app/kernels/jacobi.test.ts.
//! use team_lanes
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

// Rotates row i with the rows first..last - 1; returns the number of rotations.
fn turn_row(base_b: u32, base_v: u32, i: u32, first: u32, last: u32, me: u32) -> u32 {
  let at_i = base_b + i * p.m4;
  var known = false;
  var ii = 0.0;
  var count = 0u;
  for (var j = first; j < last; j++) {
    let at_j = base_b + j * p.m4;
    var part = vec4f();
    for (var k = me; k < p.m4; k += TEAM) {
      let x = b[at_i + k];
      let y = b[at_j + k];
      part += vec4f(dot(x, y), dot(y, y), select(dot(x, x), 0.0, known), 0.0);
    }
    let sum = team_sum(part, me);
    if (!known) {
      ii = sum.z;
      known = true;
    }
    if (!needs_turn(ii, sum.y, sum.x, p.tolerance)) {
      continue;
    }
    count++;
    let turn = turn_of(ii, sum.y, sum.x);
    let rest = ii - turn.t * sum.x;
    let other = sum.y + turn.t * sum.x;
    // Largest first settles sooner where pairs go row by row (de Rijk 1989); with the circle method it does not.
    let is_swapped = p.blocks == 1u && rest < other;
    let to_i = select(at_i, at_j, is_swapped);
    let to_j = select(at_j, at_i, is_swapped);
    for (var k = me; k < p.m4; k += TEAM) {
      let x = b[at_i + k];
      let y = b[at_j + k];
      b[to_i + k] = x - turn.s * (y + turn.tau * x);
      b[to_j + k] = y + turn.s * (x - turn.tau * y);
    }
    let row_i = base_v + i * p.v4;
    let row_j = base_v + j * p.v4;
    let into_i = select(row_i, row_j, is_swapped);
    let into_j = select(row_j, row_i, is_swapped);
    for (var k = me; k < p.v4; k += TEAM) {
      let x = v[row_i + k];
      let y = v[row_j + k];
      v[into_i + k] = x - turn.s * (y + turn.tau * x);
      v[into_j + k] = y + turn.s * (x - turn.tau * y);
    }
    // Where most of the row is gone, so are the digits of its norm.
    let now = max(rest, select(0.0, other, is_swapped));
    known = now > 0.25 * ii;
    ii = now;
  }
  return count;
}

@compute @workgroup_size(TEAM)
fn jacobi_lanes(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) me: u32) {
  let item = wid.y + p.group0;
  let base_b = item * p.n * p.m4;
  let base_v = item * p.n * p.v4;
  let is_whole = p.blocks == 1u;
  let circle = max(p.blocks, 2u) - 1u;
  let pair = wid.x;
  let one = select((p.turn + pair) % circle, circle, pair == 0u);
  let two = (p.turn + circle - pair) % circle;
  // A whole matrix is a first block with an empty second one.
  let low = select(min(one, two) * p.width, 0u, is_whole);
  let high = select(max(one, two) * p.width, p.n, is_whole);
  let low_end = min(p.n, low + p.width);
  let high_end = min(p.n, high + p.width);

  var count = 1u;
  var done = 0u;
  while (count > 0u && done < select(1u, p.sweeps, is_whole)) {
    count = 0u;
    for (var seat = 0u; seat < 2u * p.width; seat++) {
      let is_low = seat < p.width;
      let i = select(high + seat - p.width, low + seat, is_low);
      let end = select(high_end, low_end, is_low);
      // With the rest of its own block in round 0, then with the other block.
      for (var other = select(0u, 1u, p.turn > 0u); i < end && other < select(1u, 2u, is_low); other++) {
        count += turn_row(
          base_b,
          base_v,
          i,
          select(i + 1u, high, other == 1u),
          select(end, high_end, other == 1u),
          me,
        );
      }
    }
    done++;
  }
  if (me == 0u) {
    if (is_whole) {
      counts[item] = f32(done);
    } else {
      counts[item * p.blocks + pair] += f32(count);
    }
  }
}
