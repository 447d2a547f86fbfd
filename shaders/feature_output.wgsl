// Linear attention from its state: o_i = phi(q_i) S / phi(q_i) z, S and z as feature_state.wgsl leaves them.
//   q: batch x n x r (r4 vec4s)    s: batch x r x (dv4 + 1) vec4s    o: batch x n x dv    den: batch x n
//
// ELU as there; else q holds the features themselves. One invocation owns 4 rows x 2 vec4s of columns. The
// denominator is left beside the output: trigonometric features can make it vanish or turn negative.
// Work 2 n r (dv + 1) flop. Error bound: app/kernels/features.ts. Test: app/kernels/features.test.ts.
//! use elu

struct Params {
  n: u32,
  r: u32,
  r4: u32,
  dv4: u32,
  batch: u32,
  scale: f32,
  group0: u32,
}

override ELU = false;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4f>;
@group(0) @binding(2) var<storage, read> s: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> o: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> den: array<f32>;

@compute @workgroup_size(4, 4)
fn feature_output(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = ((wid.y + p.group0) * 4u + lid.y) * 4u;
  let c = (wid.x * 4u + lid.x) * 2u;
  if (row >= p.n || c >= p.dv4) {
    return;
  }
  let rows = wid.z * p.n + min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(p.n - 1u));
  let pitch = p.dv4 + 1u;
  let next = min(c + 1u, p.dv4 - 1u);
  var near = mat4x4f(vec4f(), vec4f(), vec4f(), vec4f());
  var far = mat4x4f(vec4f(), vec4f(), vec4f(), vec4f());
  var sum = vec4f();
  for (var f = 0u; f < p.r4; f++) {
    // Columns are rows of the output: near[i] gathers row i.
    var phi = mat4x4f(
      q[rows.x * p.r4 + f],
      q[rows.y * p.r4 + f],
      q[rows.z * p.r4 + f],
      q[rows.w * p.r4 + f],
    );
    if (ELU) {
      // A column that fills up the last vec4 is no feature.
      let real = select(vec4f(), vec4f(1.0), vec4u(f * 4u) + vec4u(0u, 1u, 2u, 3u) < vec4u(p.r));
      phi = mat4x4f(
        elu1(p.scale * phi[0]) * real,
        elu1(p.scale * phi[1]) * real,
        elu1(p.scale * phi[2]) * real,
        elu1(p.scale * phi[3]) * real,
      );
    }
    let at = (wid.z * p.r4 + f) * 4u * pitch;
    near += mat4x4f(s[at + c], s[at + pitch + c], s[at + 2u * pitch + c], s[at + 3u * pitch + c]) * phi;
    far += mat4x4f(s[at + next], s[at + pitch + next], s[at + 2u * pitch + next], s[at + 3u * pitch + next]) * phi;
    let z = at + p.dv4;
    sum += vec4f(s[z].x, s[z + pitch].x, s[z + 2u * pitch].x, s[z + 3u * pitch].x) * phi;
  }
  for (var i = 0u; i < min(4u, p.n - row); i++) {
    o[rows[i] * p.dv4 + c] = near[i] / sum[i];
    if (c + 1u < p.dv4) {
      o[rows[i] * p.dv4 + c + 1u] = far[i] / sum[i];
    }
    if (c == 0u) {
      den[rows[i]] = sum[i];
    }
  }
}
