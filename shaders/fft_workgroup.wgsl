//! use butterfly
// Several passes of a Stockham FFT in one dispatch, for GPUs: a pass of radix R (up to 2048) as
// fft_radix16.wgsl has it, whose transform of R numbers runs in workgroup memory by passes of radix 8, 4 and 2.
// A workgroup takes COLUMNS neighbouring columns, R COLUMNS = 2048 or fewer, so that memory is touched once, in
// runs of COLUMNS numbers; 2048 points, or 2^16 in two such passes of 256.
//
// 256 invocations, each with 8 numbers in registers across a barrier: read, wait, transform, write, wait. The
// outer twiddles w_n^t come from a table of all n, the inner ones from one of R. 16 KiB of workgroup memory.
// Bound, reference: app/kernels/fftworkgroup.ts. Test: app/kernels/fftworkgroup.test.ts.

override R: u32 = 256;
override COLUMNS: u32 = 8;
override TOTAL: u32 = 2048; // R * COLUMNS
override LANES: u32 = 256; // TOTAL / 8

struct Params {
  n: u32,
  columns: u32, // n / R
  blocks: u32, // ceil(columns / COLUMNS)
  done: u32,
  row_in: u32, // numbers that the input has a row; zeros follow
  sign: f32, // of the imaginary parts on the way in
  scale_re: f32,
  scale_im: f32,
  rows: u32,
  group0: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec2f>;
@group(0) @binding(2) var<storage, read> outer: array<vec2f>; // exp(-2 pi i t / n), t < n
@group(0) @binding(3) var<storage, read> inner: array<vec2f>; // exp(-2 pi i t / R), t < R
@group(0) @binding(4) var<storage, read_write> y: array<vec2f>;

var<workgroup> held: array<vec2f, TOTAL>;

// The number of an inner pass of radix `radix`: entry i of butterfly m of a column of R numbers, times its twiddle.
fn take(column: u32, m: u32, i: u32, radix: u32, done: u32) -> vec2f {
  let value = held[(m + i * (R / radix)) * COLUMNS + column];
  return mul(value, inner[(m % done) * i * (R / (radix * done))]);
}

fn put(column: u32, m: u32, i: u32, radix: u32, done: u32, value: vec2f) {
  let k = m % done;
  held[(radix * (m - k) + k + i * done) * COLUMNS + column] = value;
}

@compute @workgroup_size(LANES)
fn fft_workgroup(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let item = wid.y + p.group0;
  let first = wid.x * COLUMNS;
  // Columns in the fast index: neighbours in the workgroup read neighbours in memory.
  for (var e = lid.x; e < TOTAL; e += LANES) {
    let column = e % COLUMNS;
    let i = e / COLUMNS;
    let j = min(first + column, p.columns - 1u);
    let at = j + i * p.columns;
    var value = vec2f();
    if (at < p.row_in) {
      value = x[item * p.row_in + at];
    }
    if (p.done == 1u) {
      value.y *= p.sign;
    } else {
      value = mul(value, outer[(j % p.done) * i * (p.n / (p.done * R))]);
    }
    held[e] = value;
  }
  workgroupBarrier();

  let column = lid.x % COLUMNS;
  let lane = lid.x / COLUMNS; // of R / 8 that share a column
  var done = 1u;
  // Radix 8 while it divides what is left.
  for (; done * 8u <= R && (R / done) % 8u == 0u; done *= 8u) {
    let even = dft4(
      take(column, lane, 0u, 8u, done),
      take(column, lane, 2u, 8u, done),
      take(column, lane, 4u, 8u, done),
      take(column, lane, 6u, 8u, done),
    );
    let odd = dft4(
      take(column, lane, 1u, 8u, done),
      take(column, lane, 3u, 8u, done),
      take(column, lane, 5u, 8u, done),
      take(column, lane, 7u, 8u, done),
    );
    workgroupBarrier();
    let o1 = eighth(odd.b);
    let o2 = minus_i(odd.c);
    let o3 = minus_i(eighth(odd.d));
    put(column, lane, 0u, 8u, done, even.a + odd.a);
    put(column, lane, 1u, 8u, done, even.b + o1);
    put(column, lane, 2u, 8u, done, even.c + o2);
    put(column, lane, 3u, 8u, done, even.d + o3);
    put(column, lane, 4u, 8u, done, even.a - odd.a);
    put(column, lane, 5u, 8u, done, even.b - o1);
    put(column, lane, 6u, 8u, done, even.c - o2);
    put(column, lane, 7u, 8u, done, even.d - o3);
    workgroupBarrier();
  }
  // What is left is 1, 2 or 4: two butterflies of four, or four of two.
  if (R / done == 4u) {
    let m = 2u * lane;
    let a = dft4(
      take(column, m, 0u, 4u, done),
      take(column, m, 1u, 4u, done),
      take(column, m, 2u, 4u, done),
      take(column, m, 3u, 4u, done),
    );
    let b = dft4(
      take(column, m + 1u, 0u, 4u, done),
      take(column, m + 1u, 1u, 4u, done),
      take(column, m + 1u, 2u, 4u, done),
      take(column, m + 1u, 3u, 4u, done),
    );
    workgroupBarrier();
    put(column, m, 0u, 4u, done, a.a);
    put(column, m, 1u, 4u, done, a.b);
    put(column, m, 2u, 4u, done, a.c);
    put(column, m, 3u, 4u, done, a.d);
    put(column, m + 1u, 0u, 4u, done, b.a);
    put(column, m + 1u, 1u, 4u, done, b.b);
    put(column, m + 1u, 2u, 4u, done, b.c);
    put(column, m + 1u, 3u, 4u, done, b.d);
    workgroupBarrier();
  } else if (R / done == 2u) {
    let m = 4u * lane;
    let a0 = take(column, m, 0u, 2u, done);
    let a1 = take(column, m, 1u, 2u, done);
    let b0 = take(column, m + 1u, 0u, 2u, done);
    let b1 = take(column, m + 1u, 1u, 2u, done);
    let c0 = take(column, m + 2u, 0u, 2u, done);
    let c1 = take(column, m + 2u, 1u, 2u, done);
    let d0 = take(column, m + 3u, 0u, 2u, done);
    let d1 = take(column, m + 3u, 1u, 2u, done);
    workgroupBarrier();
    put(column, m, 0u, 2u, done, a0 + a1);
    put(column, m, 1u, 2u, done, a0 - a1);
    put(column, m + 1u, 0u, 2u, done, b0 + b1);
    put(column, m + 1u, 1u, 2u, done, b0 - b1);
    put(column, m + 2u, 0u, 2u, done, c0 + c1);
    put(column, m + 2u, 1u, 2u, done, c0 - c1);
    put(column, m + 3u, 0u, 2u, done, d0 + d1);
    put(column, m + 3u, 1u, 2u, done, d0 - d1);
    workgroupBarrier();
  }

  let scale = vec2f(p.scale_re, p.scale_im);
  for (var e = lid.x; e < TOTAL; e += LANES) {
    // With done = 1 the R results of a column lie side by side, else neighbouring columns do.
    let i = select(e / COLUMNS, e % R, p.done == 1u);
    let c = select(e % COLUMNS, e / R, p.done == 1u);
    let j = first + c;
    if (j < p.columns) {
      let k = j % p.done;
      y[item * p.n + R * (j - k) + k + i * p.done] = scale * held[i * COLUMNS + c];
    }
  }
}
