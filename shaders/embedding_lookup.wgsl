// out[i, :] = table[index[i], :]: rows of an embedding table, looked up.
//
//   table: rows x d    index: n    out: n x d
//
// One invocation copies one entry; neighbours read neighbours. Exact.
// Reference: app/kernels/embedding.ts. Test: app/kernels/embedding.test.ts.

struct Params {
  d: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn embedding_lookup(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let at = id.y * groups.x * 64u + id.x;
  if (at >= p.count) {
    return;
  }
  let i = at / p.d;
  out[at] = table[index[i] * p.d + (at - i * p.d)];
}
