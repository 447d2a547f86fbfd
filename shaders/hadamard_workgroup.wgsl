// The Walsh-Hadamard transform in natural order along rows of N = 64 ... 4096 numbers, times `scale`, a workgroup a
// row: one pass over memory, for GPUs on which barriers are fast.
//
// N / 16 invocations hold 16 numbers each in registers. Four bits of the index are transformed at a time: first the
// lowest, 16 neighbours; then, after an exchange through workgroup memory (16 KiB at most), numbers 16 apart; then 256
// apart. Where fewer than four bits are left, an invocation takes several groups of fewer numbers.
// Every entry is a tree of log2 N additions: the bound of app/kernels/hadamard.ts. Work N log2 N flop a row.
// Reference: app/kernels/hadamard.ts. Test: app/kernels/hadamard.test.ts.

override N: u32 = 4096;

struct Params {
  rows: u32,
  scale: f32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> b: array<vec4f>;

// One word more every sixteen, or numbers 16 apart would all lie in one bank.
var<workgroup> shared_row: array<f32, N + N / 16>;

fn place(i: u32) -> u32 {
  return i + i / 16u;
}

// The transform of four vec4f, entry by entry.
fn across(x: array<vec4f, 4>) -> array<vec4f, 4> {
  let s0 = x[0] + x[1];
  let d0 = x[0] - x[1];
  let s1 = x[2] + x[3];
  let d1 = x[2] - x[3];
  return array<vec4f, 4>(s0 + s1, d0 + d1, s0 - s1, d0 - d1);
}

// The transform of the four numbers of a vec4f.
fn within(x: vec4f) -> vec4f {
  let s = x.xz + x.yw;
  let d = x.xz - x.yw;
  return vec4f(s.x + s.y, d.x + d.y, s.x - s.y, d.x - d.y);
}

// The two lower bits of 16 numbers, then the two upper ones: `bits` of the four, from the lowest on.
fn sixteen(x: array<vec4f, 4>, bits: u32) -> array<vec4f, 4> {
  var y = x;
  if (bits == 1u) {
    for (var k = 0u; k < 4u; k++) {
      y[k] = vec4f(y[k].x + y[k].y, y[k].x - y[k].y, y[k].z + y[k].w, y[k].z - y[k].w);
    }
    return y;
  }
  for (var k = 0u; k < 4u; k++) {
    y[k] = within(y[k]);
  }
  if (bits == 2u) {
    return y;
  }
  if (bits == 3u) {
    return array<vec4f, 4>(y[0] + y[1], y[0] - y[1], y[2] + y[3], y[2] - y[3]);
  }
  return across(y);
}

@compute @workgroup_size(N / 16)
fn hadamard_workgroup(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) me: u32) {
  let row = wid.y + p.group0;
  let first = row * (N / 4u) + 4u * me;
  var x = sixteen(array<vec4f, 4>(a[first], a[first + 1u], a[first + 2u], a[first + 3u]), 4u);
  for (var k = 0u; k < 4u; k++) {
    for (var j = 0u; j < 4u; j++) {
      shared_row[place(16u * me + 4u * k + j)] = x[k][j];
    }
  }
  workgroupBarrier();
  for (var span = 16u; span < N; span *= 16u) {
    let bits = min(4u, countTrailingZeros(N / span));
    for (var k = 0u; k < 4u; k++) {
      for (var j = 0u; j < 4u; j++) {
        x[k][j] = shared_row[place(index_of(me, 4u * k + j, span, bits))];
      }
    }
    x = sixteen(x, bits);
    for (var k = 0u; k < 4u; k++) {
      for (var j = 0u; j < 4u; j++) {
        shared_row[place(index_of(me, 4u * k + j, span, bits))] = x[k][j];
      }
    }
    workgroupBarrier();
  }
  for (var k = 0u; k < 4u; k++) {
    let at = me + k * (N / 16u);
    let start = 4u * at;
    b[row * (N / 4u) + at] = p.scale * vec4f(
      shared_row[place(start)],
      shared_row[place(start + 1u)],
      shared_row[place(start + 2u)],
      shared_row[place(start + 3u)],
    );
  }
}

// Where entry e of invocation `me` lies: the low `bits` of e are those of the index above `span`, the rest count
// groups.
fn index_of(me: u32, e: u32, span: u32, bits: u32) -> u32 {
  let group = me + (e >> bits) * (N / 16u);
  let low = group % span;
  let high = group / span;
  return low + span * ((e & ((1u << bits) - 1u)) + (high << bits));
}
