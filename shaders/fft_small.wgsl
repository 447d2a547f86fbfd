//! use linear
//! use butterfly
// One pass of radix 2, 3, 4, 5 or 8 of a Stockham FFT along rows, as fft_radix16.wgsl has it: what remains of
// a length when the sixteens are out. The table holds w^k, w^2k, .. w^(RADIX-1)k of each k.
// Bound, reference: app/kernels/fft.ts. Test: app/kernels/fft.test.ts.

override RADIX: u32 = 2;
override PAD: bool = false; // the input has only row_in numbers a row; zeros follow

struct Params {
  n: u32,
  columns: u32, // n / RADIX
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

struct Column {
  row: u32, // where the row begins in x
  j: u32,
  twiddles: u32, // where those of this column begin
}

// Number i of the column, times its twiddle factor.
fn take(c: Column, i: u32) -> vec2f {
  let at = c.j + i * p.columns;
  var value = x[c.row + min(at, p.row_in - 1u)];
  if (PAD) {
    value = select(vec2f(), value, at < p.row_in);
  }
  if (p.done == 1u) {
    return vec2f(value.x, p.sign * value.y);
  }
  if (i == 0u) {
    return value;
  }
  return mul(value, w[c.twiddles + i - 1u]);
}

@compute @workgroup_size(64)
fn fft_small(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) nwg: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let at = linear_index(vec3u(wid.x, wid.y + p.group0, 0u), nwg, lid);
  if (at >= p.count) {
    return;
  }
  let item = at / p.columns;
  let j = at - item * p.columns;
  let k = j % p.done;
  let c = Column(item * p.row_in, j, p.table + (RADIX - 1u) * k);
  let to = item * p.n + RADIX * (j - k) + k;
  let d = p.done;
  let scale = vec2f(p.scale_re, p.scale_im);
  let x0 = take(c, 0u);
  let x1 = take(c, 1u);
  switch RADIX {
    case 2: {
      y[to] = scale * (x0 + x1);
      y[to + d] = scale * (x0 - x1);
    }
    case 3: {
      let x2 = take(c, 2u);
      let sum = x1 + x2;
      let turned = 0.86602540378443865 * minus_i(x1 - x2);
      let middle = x0 - 0.5 * sum;
      y[to] = scale * (x0 + sum);
      y[to + d] = scale * (middle + turned);
      y[to + 2u * d] = scale * (middle - turned);
    }
    case 4: {
      let b = dft4(x0, x1, take(c, 2u), take(c, 3u));
      y[to] = scale * b.a;
      y[to + d] = scale * b.b;
      y[to + 2u * d] = scale * b.c;
      y[to + 3u * d] = scale * b.d;
    }
    case 5: {
      let x2 = take(c, 2u);
      let x3 = take(c, 3u);
      let x4 = take(c, 4u);
      // cos and sin of 2 pi / 5 and of 4 pi / 5.
      let c1 = 0.30901699437494742;
      let c2 = -0.80901699437494742;
      let s1 = 0.95105651629515357;
      let s2 = 0.58778525229247313;
      let s14 = x1 + x4;
      let s23 = x2 + x3;
      let d14 = minus_i(x1 - x4);
      let d23 = minus_i(x2 - x3);
      let even1 = x0 + c1 * s14 + c2 * s23;
      let even2 = x0 + c2 * s14 + c1 * s23;
      let odd1 = s1 * d14 + s2 * d23;
      let odd2 = s2 * d14 - s1 * d23;
      y[to] = scale * (x0 + s14 + s23);
      y[to + d] = scale * (even1 + odd1);
      y[to + 2u * d] = scale * (even2 + odd2);
      y[to + 3u * d] = scale * (even2 - odd2);
      y[to + 4u * d] = scale * (even1 - odd1);
    }
    default: {
      let even = dft4(x0, take(c, 2u), take(c, 4u), take(c, 6u));
      let odd = dft4(x1, take(c, 3u), take(c, 5u), take(c, 7u));
      let b1 = eighth(odd.b);
      let b2 = minus_i(odd.c);
      let b3 = minus_i(eighth(odd.d));
      y[to] = scale * (even.a + odd.a);
      y[to + d] = scale * (even.b + b1);
      y[to + 2u * d] = scale * (even.c + b2);
      y[to + 3u * d] = scale * (even.d + b3);
      y[to + 4u * d] = scale * (even.a - odd.a);
      y[to + 5u * d] = scale * (even.b - b1);
      y[to + 6u * d] = scale * (even.c - b2);
      y[to + 7u * d] = scale * (even.d - b3);
    }
  }
}
