enable subgroups;
//! use scan_op
// A scan of contiguous lines in a single pass: every tile of 16 LANES numbers publishes its total, then looks back
// tile by tile until it meets one that knows everything before it, and publishes that. 8 bytes a number, the least
// there is. A tile that is not there yet is not waited for: after a few looks its total is computed from its
// numbers, so nothing depends on the order or the progress of workgroups.
//
// A total is published as two words of 16 bits each with a flag (1 total of the tile, 2 of all up to it), written
// without ordering between them: it counts when both flags agree. `state` begins as zeros; state[0] hands out tiles.
// Source: Merrill and Garland 2016; Smith, Levien, Owens 2025 (decoupled fallback). Bound, reference:
// app/kernels/scan.ts. Test: app/kernels/scantiles.test.ts.

override LANES: u32 = 256;
// Looks at a tile that has not published before its total is computed here; 0 in the test of that path.
override PATIENCE: u32 = 4;

struct Params {
  n: u32, // a multiple of 4
  tiles: u32, // of a line
  exclusive: u32,
  lines: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> state: array<atomic<u32>>;

var<workgroup> of_subgroup: array<f32, LANES>;
var<workgroup> own_id: u32;
// The tile whose total all invocations compute next; NONE when the prefix is known.
var<workgroup> missing: u32;
var<workgroup> prefix: f32;

const NONE = 0xffffffffu;
const TOTAL = 1u;
const PREFIX = 2u;

struct Row {
  left: f32, // of all invocations before this one
  total: f32,
}

// One number of every invocation, scanned across the workgroup.
fn scan_row(own: f32, lid: u32, lane: u32, size: u32) -> Row {
  var sum = own;
  for (var span = 1u; span < size; span *= 2u) {
    let other = subgroupShuffleUp(sum, span);
    sum = select(sum, combine(other, sum), lane >= span);
  }
  let last = subgroupShuffleUp(sum, 1u);
  let left = select(last, scan_identity(), lane == 0u);
  let group = lid / size;
  if (lane == size - 1u) {
    of_subgroup[group] = sum;
  }
  workgroupBarrier();
  var before = scan_identity();
  var total = scan_identity();
  for (var s = 0u; s < LANES / size; s++) {
    before = select(before, total, s == group);
    total = combine(total, of_subgroup[s]);
  }
  workgroupBarrier();
  return Row(combine(before, left), total);
}

// The numbers of a row of a tile; the identity beyond the line.
fn load(line: u32, tile: u32, row: u32, lid: u32) -> vec4f {
  let q = tile * 4u * LANES + row * LANES + lid;
  var v = vec4f(scan_identity());
  if (q < p.n / 4u) {
    v = x[line * (p.n / 4u) + q];
  }
  return v;
}

fn inside(v: vec4f) -> vec4f {
  let xy = combine(v.x, v.y);
  return vec4f(v.x, xy, combine(xy, v.z), combine(xy, combine(v.z, v.w)));
}

fn publish(id: u32, value: f32, flag: u32) {
  let bits = bitcast<u32>(value);
  atomicStore(&state[1u + 2u * id], ((bits & 0xffffu) << 2u) | flag);
  atomicStore(&state[2u + 2u * id], ((bits >> 16u) << 2u) | flag);
}

@compute @workgroup_size(LANES)
fn scan_lookback(
  @builtin(local_invocation_id) local_id: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) size: u32,
) {
  let lid = local_id.x;
  if (lid == 0u) {
    own_id = atomicAdd(&state[0], 1u);
  }
  let id = workgroupUniformLoad(&own_id);
  if (id >= p.tiles * p.lines) {
    return; // the grid is a rectangle
  }
  let line = id / p.tiles;
  let tile = id - line * p.tiles;
  var local: array<vec4f, 4>;
  var total = scan_identity();
  for (var row = 0u; row < 4u; row++) {
    let sums = inside(load(line, tile, row, lid));
    let across = scan_row(sums.w, lid, lane, size);
    let shifted = vec4f(scan_identity(), sums.xyz);
    let start = vec4f(combine(total, across.left));
    local[row] = combine4(start, select(sums, shifted, p.exclusive == 1u));
    total = combine(total, across.total);
  }

  // Invocation 0 looks back; where a total is missing, all compute it.
  var back = tile;
  var known = scan_identity();
  if (lid == 0u && tile > 0u) {
    publish(id, total, TOTAL);
  }
  loop {
    if (lid == 0u) {
      missing = NONE;
      while (back > 0u) {
        let at = 1u + 2u * (line * p.tiles + back - 1u);
        var low = 0u;
        var high = 0u;
        for (var look = 0u; look < PATIENCE; look++) {
          low = atomicLoad(&state[at]);
          high = atomicLoad(&state[at + 1u]);
          if ((low & 3u) == (high & 3u) && (low & 3u) != 0u) {
            break;
          }
        }
        if ((low & 3u) != (high & 3u) || (low & 3u) == 0u) {
          missing = back - 1u;
          break;
        }
        let value = bitcast<f32>((low >> 2u) | ((high >> 2u) << 16u));
        known = combine(value, known);
        back -= 1u;
        if ((low & 3u) == PREFIX) {
          back = 0u;
        }
      }
      prefix = known;
    }
    let wanted = workgroupUniformLoad(&missing);
    if (wanted == NONE) {
      break;
    }
    var sum = scan_identity();
    for (var row = 0u; row < 4u; row++) {
      sum = combine(sum, scan_row(inside(load(line, wanted, row, lid)).w, lid, lane, size).total);
    }
    if (lid == 0u) {
      known = combine(sum, known);
      back -= 1u;
    }
  }
  let before = workgroupUniformLoad(&prefix);
  if (lid == 0u) {
    publish(id, combine(before, total), PREFIX);
  }
  for (var row = 0u; row < 4u; row++) {
    let q = tile * 4u * LANES + row * LANES + lid;
    if (q < p.n / 4u) {
      y[line * (p.n / 4u) + q] = combine4(vec4f(before), local[row]);
    }
  }
}
