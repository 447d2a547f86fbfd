//! use linear
//! use dft16
// One pass of radix 64 of a Stockham FFT along rows, as fft_radix16.wgsl has it: three passes for 2^16 numbers instead
// of four. Memory is what a pass costs, and a software adapter keeps 64 numbers beside it at little more than 16.
//
// Column j takes x[j + i n / 64], i = 0..63, multiplies by w^i, w = exp(-2 pi i k / (64 done)), k = j mod done, and
// transforms it as four columns of 16: i = r + 4 i', and then 16 transforms of four numbers. No barrier.
// The table, rounded from float64, holds w^1, w^2, w^3, w^4, w^8, w^12, w^16, w^32, w^48 of each k, ones if done = 1.
// Source: Govindaraju et al. 2008, "High performance discrete Fourier transforms on graphics processors", section 4.
// Bound, reference: app/kernels/fft.ts. Test: app/kernels/fft.test.ts.

override PAD: bool = false; // the input has only row_in numbers a row; zeros follow

struct Params {
  n: u32,
  columns: u32, // n / 64
  count: u32, // columns of all rows
  done: u32,
  table: u32, // where this pass begins in the table
  row_in: u32,
  sign: f32, // of the imaginary parts on the way in
  scale_re: f32,
  scale_im: f32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec2f>;
@group(0) @binding(2) var<storage, read> w: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec2f>;

// Entry i of the row that begins at `row`.
fn take(row: u32, i: u32) -> vec2f {
  let sign = vec2f(1.0, p.sign);
  if (PAD) {
    return select(vec2f(), sign * x[row + min(i, p.row_in - 1u)], i < p.row_in);
  }
  return sign * x[row + i];
}

// Transform of the numbers first + 4 i' n / 64 of a row, each times v^i' wr: `high` holds powers of v, `low` the same
// times wr.
fn quarter(row: u32, first: u32, wr: vec2f, low: Powers, high: Powers) -> array<vec2f, 16> {
  let step = 4u * p.columns;
  let column = array<vec2f, 16>(
    mul(take(row, first), wr),
    take(row, first + step),
    take(row, first + 2u * step),
    take(row, first + 3u * step),
    take(row, first + 4u * step),
    take(row, first + 5u * step),
    take(row, first + 6u * step),
    take(row, first + 7u * step),
    take(row, first + 8u * step),
    take(row, first + 9u * step),
    take(row, first + 10u * step),
    take(row, first + 11u * step),
    take(row, first + 12u * step),
    take(row, first + 13u * step),
    take(row, first + 14u * step),
    take(row, first + 15u * step),
  );
  return dft16(twiddle16(column, low, high));
}

fn times(wr: vec2f, v: Powers) -> Powers {
  return Powers(
    mul(v.w1, wr),
    mul(v.w2, wr),
    mul(v.w3, wr),
    mul(v.w4, wr),
    mul(v.w8, wr),
    mul(v.w12, wr),
  );
}

// Numbers k, k + 16, k + 32, k + 48 of the result, `step` apart; r1, r2, r3 are the 64th roots of unity of k, 2k, 3k.
fn join(step: u32, scale: vec2f, to: u32, a: vec2f, b: vec2f, c: vec2f, d: vec2f, r1: vec2f, r2: vec2f, r3: vec2f) {
  let four = dft4(a, mul(b, r1), mul(c, r2), mul(d, r3));
  y[to] = scale * four.a;
  y[to + step] = scale * four.b;
  y[to + 2u * step] = scale * four.c;
  y[to + 3u * step] = scale * four.d;
}

// cos(2 pi m / 64), m = 0..16; sines are the same from the other end.
const C = array<f32, 17>(
  1.0,
  0.99518472667219689,
  0.98078528040323045,
  0.95694033573220886,
  0.92387953251128676,
  0.88192126434835503,
  0.83146961230254524,
  0.77301045336273696,
  0.70710678118654752,
  0.63439328416364550,
  0.55557023301960222,
  0.47139673682599764,
  0.38268343236508977,
  0.29028467725446236,
  0.19509032201612827,
  0.09801714032956060,
  0.0,
);

@compute @workgroup_size(16)
fn fft_radix64(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = ((wid.y + p.group0) * nwg.x + wid.x) * 16u + lid.x;
  if (at >= p.count) {
    return;
  }
  let item = at / p.columns;
  let j = at - item * p.columns;
  let k = j & (p.done - 1u);
  let row = item * p.row_in;
  let t = p.table + 9u * k;
  let w1 = w[t];
  let w2 = w[t + 1u];
  let w3 = w[t + 2u];
  let v = Powers(w[t + 3u], w[t + 4u], w[t + 5u], w[t + 6u], w[t + 7u], w[t + 8u]);
  let q0 = quarter(row, j, vec2f(1.0, 0.0), v, v);
  let q1 = quarter(row, j + p.columns, w1, times(w1, v), v);
  let q2 = quarter(row, j + 2u * p.columns, w2, times(w2, v), v);
  let q3 = quarter(row, j + 3u * p.columns, w3, times(w3, v), v);
  let to = item * p.n + 64u * (j - k) + k;
  let d = p.done;
  let scale = vec2f(p.scale_re, p.scale_im);
  let step = 16u * d;
  join(
    step,
    scale,
    to,
    q0[0],
    q1[0],
    q2[0],
    q3[0],
    vec2f(C[0], -C[16]),
    vec2f(C[0], -C[16]),
    vec2f(C[0], -C[16]),
  );
  join(
    step,
    scale,
    to + d,
    q0[1],
    q1[1],
    q2[1],
    q3[1],
    vec2f(C[1], -C[15]),
    vec2f(C[2], -C[14]),
    vec2f(C[3], -C[13]),
  );
  join(
    step,
    scale,
    to + 2u * d,
    q0[2],
    q1[2],
    q2[2],
    q3[2],
    vec2f(C[2], -C[14]),
    vec2f(C[4], -C[12]),
    vec2f(C[6], -C[10]),
  );
  join(
    step,
    scale,
    to + 3u * d,
    q0[3],
    q1[3],
    q2[3],
    q3[3],
    vec2f(C[3], -C[13]),
    vec2f(C[6], -C[10]),
    vec2f(C[9], -C[7]),
  );
  join(
    step,
    scale,
    to + 4u * d,
    q0[4],
    q1[4],
    q2[4],
    q3[4],
    vec2f(C[4], -C[12]),
    vec2f(C[8], -C[8]),
    vec2f(C[12], -C[4]),
  );
  join(
    step,
    scale,
    to + 5u * d,
    q0[5],
    q1[5],
    q2[5],
    q3[5],
    vec2f(C[5], -C[11]),
    vec2f(C[10], -C[6]),
    vec2f(C[15], -C[1]),
  );
  join(
    step,
    scale,
    to + 6u * d,
    q0[6],
    q1[6],
    q2[6],
    q3[6],
    vec2f(C[6], -C[10]),
    vec2f(C[12], -C[4]),
    vec2f(-C[14], -C[2]),
  );
  join(
    step,
    scale,
    to + 7u * d,
    q0[7],
    q1[7],
    q2[7],
    q3[7],
    vec2f(C[7], -C[9]),
    vec2f(C[14], -C[2]),
    vec2f(-C[11], -C[5]),
  );
  join(
    step,
    scale,
    to + 8u * d,
    q0[8],
    q1[8],
    q2[8],
    q3[8],
    vec2f(C[8], -C[8]),
    vec2f(-C[16], -C[0]),
    vec2f(-C[8], -C[8]),
  );
  join(
    step,
    scale,
    to + 9u * d,
    q0[9],
    q1[9],
    q2[9],
    q3[9],
    vec2f(C[9], -C[7]),
    vec2f(-C[14], -C[2]),
    vec2f(-C[5], -C[11]),
  );
  join(
    step,
    scale,
    to + 10u * d,
    q0[10],
    q1[10],
    q2[10],
    q3[10],
    vec2f(C[10], -C[6]),
    vec2f(-C[12], -C[4]),
    vec2f(-C[2], -C[14]),
  );
  join(
    step,
    scale,
    to + 11u * d,
    q0[11],
    q1[11],
    q2[11],
    q3[11],
    vec2f(C[11], -C[5]),
    vec2f(-C[10], -C[6]),
    vec2f(-C[1], C[15]),
  );
  join(
    step,
    scale,
    to + 12u * d,
    q0[12],
    q1[12],
    q2[12],
    q3[12],
    vec2f(C[12], -C[4]),
    vec2f(-C[8], -C[8]),
    vec2f(-C[4], C[12]),
  );
  join(
    step,
    scale,
    to + 13u * d,
    q0[13],
    q1[13],
    q2[13],
    q3[13],
    vec2f(C[13], -C[3]),
    vec2f(-C[6], -C[10]),
    vec2f(-C[7], C[9]),
  );
  join(
    step,
    scale,
    to + 14u * d,
    q0[14],
    q1[14],
    q2[14],
    q3[14],
    vec2f(C[14], -C[2]),
    vec2f(-C[4], -C[12]),
    vec2f(-C[10], C[6]),
  );
  join(
    step,
    scale,
    to + 15u * d,
    q0[15],
    q1[15],
    q2[15],
    q3[15],
    vec2f(C[15], -C[1]),
    vec2f(-C[2], -C[14]),
    vec2f(-C[13], C[3]),
  );
}
