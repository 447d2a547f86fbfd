// The gradient of a table from that of its looked-up rows: grad[row, :] = sum of delta[i, :] over the places
// i where `row` was looked up. No atomics: the places of each row stand in a list, so that every entry of the
// gradient has one owner and one order of summation.
//
//   delta: n x d    places: n, grouped by row    starts: rows + 1    grad: rows x d
//
// One invocation sums one entry. Sum of c terms in order: |error| <= c 2^-24 sum|delta|.
// Reference: app/kernels/embedding.ts. Test: app/kernels/embedding.test.ts.

struct Params {
  d: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> delta: array<f32>;
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read> places: array<u32>;
@group(0) @binding(4) var<storage, read_write> grad: array<f32>;

@compute @workgroup_size(64)
fn embedding_gradient(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let at = id.y * groups.x * 64u + id.x;
  if (at >= p.count) {
    return;
  }
  let row = at / p.d;
  let column = at - row * p.d;
  var sum = 0.0;
  for (var t = starts[row]; t < starts[row + 1u]; t++) {
    sum += delta[places[t] * p.d + column];
  }
  grad[at] = sum;
}
