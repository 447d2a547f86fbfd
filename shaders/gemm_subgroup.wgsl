// C = op(A) op(B), float32: a subgroup of width w an entry; lane L sums t = L, L + w, ..., then subgroupAdd.
// A workgroup takes 128 entries. Every lane of a subgroup has the same entry, which the analysis cannot see.
// Strides in entries say how op(A) and op(B) are stored; z is the batch.
// Reference: variantTwin in app/kernels/gemm_variants.ts. Test: app/methods/basics/matmul.test.ts.

enable subgroups;
diagnostic(off, subgroup_uniformity);

struct Params {
  m: u32,
  n: u32,
  k: u32,
  a_row: u32,
  a_col: u32,
  b_row: u32,
  b_col: u32,
  a_batch: u32,
  b_batch: u32,
  batch: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

@compute @workgroup_size(128)
fn gemm_subgroup(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) width: u32,
) {
  let first = ((wid.y + p.group0) * groups.x + wid.x) * 128u;
  let subgroups = 128u / width;
  for (var step = 0u; step < width; step++) {
    let entry = first + step * subgroups + local / width;
    let inside = entry < p.m * p.n;
    let row = entry / p.n;
    let col = entry % p.n;
    let at_a = wid.z * p.a_batch + row * p.a_row;
    let at_b = wid.z * p.b_batch + col * p.b_col;
    var sum = 0.0;
    if (inside) {
      for (var t = lane; t < p.k; t += width) {
        sum += a[at_a + t * p.a_col] * b[at_b + t * p.b_row];
      }
    }
    let total = subgroupAdd(sum);
    if (inside && lane == 0u) {
      c[wid.z * p.m * p.n + entry] = total;
    }
  }
}
