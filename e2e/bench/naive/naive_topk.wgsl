// The k largest of each row (m x n) with their columns: one invocation a row, a sweep for each of them.

struct Params {
  m: u32,
  n: u32,
  k: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;
@group(0) @binding(3) var<storage, read_write> columns: array<u32>;

@compute @workgroup_size(64)
fn naive_topk(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= p.m) {
    return;
  }
  let at = id.x * p.n;
  var last = 0.0;
  var place = 0u;
  for (var t = 0u; t < p.k; t++) {
    var best = 0.0;
    var found = p.n;
    for (var j = 0u; j < p.n; j++) {
      let value = x[at + j];
      // After the one before in the order: smaller, or equal and further right.
      let isLeft = t == 0u || value < last || (value == last && j > place);
      if (isLeft && (found == p.n || value > best)) {
        best = value;
        found = j;
      }
    }
    last = best;
    place = found;
    values[id.x * p.k + t] = best;
    columns[id.x * p.k + t] = found;
  }
}
