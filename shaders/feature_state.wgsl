// The state of linear attention in parts of the keys: S = phi(K)^T [V, 1] over keys [t part_keys, (t + 1) part_keys).
//   k: batch x n x r (r4 vec4s)    v: batch x n x dv (dv4 vec4s)    s: batch x parts x r x (dv4 + 1) vec4s
//
// Column dv of the state holds the sums of phi(K), the rest of its vec4 is zero. ELU: phi(x) = elu(scale x) + 1,
// that is scale x + 1 above zero and exp(scale x) below (Katharopoulos et al. 2020, arXiv 2006.16236); else k holds
// the features themselves. One invocation owns 4 features x 2 vec4s of columns; reduce_columns.wgsl adds the parts.
// Work 2 n r (dv + 1) flop. Error bound: app/kernels/features.ts. Test: app/kernels/features.test.ts.
//! use elu

struct Params {
  n: u32,
  r4: u32,
  dv4: u32,
  parts: u32,
  part_keys: u32,
  batch: u32,
  scale: f32,
  group0: u32,
}

override ELU = false;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> k: array<vec4f>;
@group(0) @binding(2) var<storage, read> v: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> s: array<vec4f>;

@compute @workgroup_size(4, 4)
fn feature_state(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let y = wid.y + p.group0;
  let block = y / p.parts;
  let part = y - block * p.parts;
  let f = block * 4u + lid.y;
  let c = (wid.x * 4u + lid.x) * 2u;
  if (f >= p.r4 || c > p.dv4) {
    return;
  }
  let first = part * p.part_keys;
  var near: mat4x4f;
  var far: mat4x4f;
  near = mat4x4f();
  far = mat4x4f();
  for (var j = first; j < min(p.n, first + p.part_keys); j++) {
    var phi = k[(wid.z * p.n + j) * p.r4 + f];
    if (ELU) {
      phi = elu1(p.scale * phi);
    }
    let at = (wid.z * p.n + j) * p.dv4;
    var a = vec4f(1.0, 0.0, 0.0, 0.0);
    var b = a;
    if (c < p.dv4) {
      a = v[at + c];
    }
    if (c + 1u < p.dv4) {
      b = v[at + c + 1u];
    }
    near += mat4x4f(phi.x * a, phi.y * a, phi.z * a, phi.w * a);
    far += mat4x4f(phi.x * b, phi.y * b, phi.z * b, phi.w * b);
  }
  for (var i = 0u; i < 4u; i++) {
    let to = (((wid.z * p.parts + part) * p.r4 + f) * 4u + i) * (p.dv4 + 1u) + c;
    s[to] = near[i];
    if (c < p.dv4) {
      s[to + 1u] = far[i];
    }
  }
}
