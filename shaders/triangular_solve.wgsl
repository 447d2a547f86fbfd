// Solves L X = B for a batch, L n x n lower triangular, by forward substitution, in place of every triangular
// system: signed strides turn an upper or a transposed triangle, or one on the right, into this one.
//   L_ik = t[t_first + i t_row + k t_col]      X_ic = x[x_first + i x_step + c x_line], B likewise
//
// An invocation owns four right sides c, which nobody else reads: no barrier. It goes through the unknowns in
// blocks of 4, each first freed from the ones before by 4 x 4 outer products. The diagonal of L counts
// `diagonal` times. Work n^2 flop a right side. Row-wise backward stable: (L + dL) x = b with
// |dL| <= gamma_n |L| (Higham 2002, theorem 8.5).
// Reference: app/math/cholesky.ts. Test: app/kernels/triangular.test.ts.

struct Params {
  n: u32,
  lines: u32,
  batch: u32,
  t_first: i32,
  t_row: i32,
  t_col: i32,
  t_batch: i32,
  x_first: i32,
  x_step: i32,
  x_line: i32,
  x_batch: i32,
  diagonal: f32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> t: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> x: array<f32>;

fn load_b(at: vec4i) -> vec4f {
  return vec4f(b[at.x], b[at.y], b[at.z], b[at.w]);
}

@compute @workgroup_size(32)
fn triangular_solve(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let line = ((wid.y + p.group0) * 32u + lid.x) * 4u;
  if (line >= p.lines) {
    return;
  }
  let item = i32(wid.z);
  let at_t = p.t_first + item * p.t_batch;
  let last = i32(p.lines) - 1;
  let lines = min(i32(line) + vec4i(0, 1, 2, 3), vec4i(last)) * p.x_line + p.x_first + item * p.x_batch;
  let n = i32(p.n);
  let here = min(4u, p.lines - line);
  for (var i = 0; i < n; i += 4) {
    let rows = min(i + vec4i(0, 1, 2, 3), vec4i(n - 1));
    let at = at_t + rows * p.t_row;
    var x0 = load_b(lines + rows.x * p.x_step);
    var x1 = load_b(lines + rows.y * p.x_step);
    var x2 = load_b(lines + rows.z * p.x_step);
    var x3 = load_b(lines + rows.w * p.x_step);
    var col = 0;
    var of_x = lines;
    for (var k = 0; k < i; k++) {
      let known = vec4f(x[of_x.x], x[of_x.y], x[of_x.z], x[of_x.w]);
      x0 -= t[at.x + col] * known;
      x1 -= t[at.y + col] * known;
      x2 -= t[at.z + col] * known;
      x3 -= t[at.w + col] * known;
      col += p.t_col;
      of_x += p.x_step;
    }
    let cols = rows * p.t_col;
    x0 /= p.diagonal * t[at.x + cols.x];
    x1 = (x1 - t[at.y + cols.x] * x0) / (p.diagonal * t[at.y + cols.y]);
    x2 = (x2 - t[at.z + cols.x] * x0 - t[at.z + cols.y] * x1) / (p.diagonal * t[at.z + cols.z]);
    x3 = x3 - t[at.w + cols.x] * x0 - t[at.w + cols.y] * x1 - t[at.w + cols.z] * x2;
    x3 /= p.diagonal * t[at.w + cols.w];
    for (var c = 0u; c < here; c++) {
      let to = lines[c] + i * p.x_step;
      x[to] = x0[c];
      if (i + 1 < n) {
        x[to + p.x_step] = x1[c];
      }
      if (i + 2 < n) {
        x[to + 2 * p.x_step] = x2[c];
      }
      if (i + 3 < n) {
        x[to + 3 * p.x_step] = x3[c];
      }
    }
  }
}
