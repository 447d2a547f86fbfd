//! use sort_key
// Radix sort of 4 bits, last step of a pass on GPUs: a workgroup sorts a tile of 1024 keys by their digit in
// workgroup memory, then writes each digit's run to its place, neighbours to neighbours.
//   keys, values: rows x n    offsets: rows x 16 x tiles    totals: rows x 16
//
// An invocation owns four keys that follow one another; its counts of 16 digits are 16-bit halves of eight
// words, scanned over the workgroup. Stable. `values_as` as in sort_scatter.wgsl.
// Reference: app/kernels/sort.ts. Test: app/kernels/sort.test.ts.

struct Params {
  n: u32,
  rows: u32,
  chunk: u32,
  chunks: u32,
  shift: u32,
  bits: u32,
  read_as: u32,
  write_as: u32,
  flip: u32,
  values_as: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> keys: array<u32>;
@group(0) @binding(2) var<storage, read> values: array<u32>;
@group(0) @binding(3) var<storage, read> offsets: array<u32>;
@group(0) @binding(4) var<storage, read> totals: array<u32>;
@group(0) @binding(5) var<storage, read_write> keys_out: array<u32>;
@group(0) @binding(6) var<storage, read_write> values_out: array<u32>;

// First the counts, eight words an invocation; then the tile's keys and values.
var<workgroup> scratch: array<u32, 2048>;
var<workgroup> in_tile: array<u32, 16>;
var<workgroup> in_row: array<u32, 16>;

// One for a digit in its half of its word: words 0..3 in `low`, 4..7 in `high`.
fn one_low(digit: u32) -> vec4u {
  let word = vec4u(1u << (16u * (digit & 1u)));
  return select(vec4u(0u), word, vec4u(0u, 1u, 2u, 3u) == vec4u(digit / 2u));
}

fn one_high(digit: u32) -> vec4u {
  let word = vec4u(1u << (16u * (digit & 1u)));
  return select(vec4u(0u), word, vec4u(4u, 5u, 6u, 7u) == vec4u(digit / 2u));
}

fn load4(at: u32) -> vec4u {
  return vec4u(scratch[at], scratch[at + 256u], scratch[at + 512u], scratch[at + 768u]);
}

fn store4(at: u32, value: vec4u) {
  scratch[at] = value.x;
  scratch[at + 256u] = value.y;
  scratch[at + 512u] = value.z;
  scratch[at + 768u] = value.w;
}

fn count_of(low: vec4u, high: vec4u, digit: u32) -> u32 {
  let words = select(low, high, vec4<bool>(digit >= 8u));
  return (words[(digit / 2u) & 3u] >> (16u * (digit & 1u))) & 0xffffu;
}

@compute @workgroup_size(256)
fn sort_scatter_workgroup(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let me = lid.x;
  let first = wid.x * 1024u + me * 4u;
  let row = wid.y * p.n;
  // Keys past the end count as the last digit: they come after all others, and are not written.
  var own = vec4u(0xffffffffu);
  var low = vec4u(0u);
  var high = vec4u(0u);
  for (var i = 0u; i < 4u; i++) {
    if (first + i < p.n) {
      own[i] = key_of(keys[row + first + i], p.read_as, p.flip);
    }
    let digit = (own[i] >> p.shift) & 15u;
    low += one_low(digit);
    high += one_high(digit);
  }
  let own_low = low;
  let own_high = high;
  store4(me, low);
  store4(1024u + me, high);
  workgroupBarrier();
  for (var reach = 1u; reach < 256u; reach *= 2u) {
    let left = select(me, me - reach, me >= reach);
    let counts = select(0u, 1u, me >= reach);
    let more_low = load4(left) * counts;
    let more_high = load4(1024u + left) * counts;
    workgroupBarrier();
    low += more_low;
    high += more_high;
    store4(me, low);
    store4(1024u + me, high);
    workgroupBarrier();
  }
  // Where each digit begins, within the tile and within the row.
  if (me < 16u) {
    let all_low = load4(255u);
    let all_high = load4(1279u);
    var before = 0u;
    var base = 0u;
    for (var d = 0u; d < me; d++) {
      before += count_of(all_low, all_high, d);
      base += totals[wid.y * 16u + d];
    }
    in_tile[me] = before;
    in_row[me] = base + offsets[(wid.y * 16u + me) * p.chunks + wid.x];
  }
  workgroupBarrier();
  var place = vec4u(0u);
  low -= own_low;
  high -= own_high;
  for (var i = 0u; i < 4u; i++) {
    let digit = (own[i] >> p.shift) & 15u;
    place[i] = in_tile[digit] + count_of(low, high, digit);
    low += one_low(digit);
    high += one_high(digit);
  }
  for (var i = 0u; i < 4u; i++) {
    var value = first + i;
    if (p.values_as == 1u && first + i < p.n) {
      value = values[row + first + i];
    }
    scratch[place[i]] = own[i];
    scratch[1024u + place[i]] = value;
  }
  workgroupBarrier();
  let size = min(1024u, p.n - wid.x * 1024u);
  for (var i = me; i < size; i += 256u) {
    let key = scratch[i];
    let digit = (key >> p.shift) & 15u;
    let at = row + in_row[digit] + i - in_tile[digit];
    keys_out[at] = word_of(key, p.write_as, p.flip);
    if (p.values_as != 0u) {
      values_out[at] = scratch[1024u + i];
    }
  }
}
