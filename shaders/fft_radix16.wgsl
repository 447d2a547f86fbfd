//! use linear
//! use dft16
// One pass of radix 16 of a Stockham FFT along rows of n complex numbers. `done`, a power of two, is the
// product of the radices of the passes before. Column j < n / 16 takes x[j + i n / 16], i = 0..15, multiplies
// by exp(-2 pi i k i / (16 done)) with k = j mod done, transforms, and stores at 16 (j - k) + k + i done.
//
// One invocation does a column in registers: no barrier. The table, rounded from float64, holds w^k, w^2k,
// w^3k, w^4k, w^8k, w^12k of each k; the other powers are products of two. The inverse is the conjugate of the
// transform of the conjugate: `sign` on the way in, `scale` on the way out.
// Work 312 flop a column. Source: Govindaraju et al. 2008, "High performance discrete Fourier transforms on
// graphics processors", section 4. Bound, reference: app/kernels/fft.ts. Test: app/kernels/fft.test.ts.

override PAD: bool = false; // the input has only row_in numbers a row; zeros follow

struct Params {
  n: u32,
  columns: u32, // n / 16
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

@compute @workgroup_size(64)
fn fft_radix16(
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
  let k = j & (p.done - 1u);
  let row = item * p.row_in;
  let step = p.columns;
  var column = array<vec2f, 16>(
    take(row, j),
    take(row, j + step),
    take(row, j + 2u * step),
    take(row, j + 3u * step),
    take(row, j + 4u * step),
    take(row, j + 5u * step),
    take(row, j + 6u * step),
    take(row, j + 7u * step),
    take(row, j + 8u * step),
    take(row, j + 9u * step),
    take(row, j + 10u * step),
    take(row, j + 11u * step),
    take(row, j + 12u * step),
    take(row, j + 13u * step),
    take(row, j + 14u * step),
    take(row, j + 15u * step),
  );
  if (p.done > 1u) {
    let t = p.table + 6u * k;
    let powers = Powers(w[t], w[t + 1u], w[t + 2u], w[t + 3u], w[t + 4u], w[t + 5u]);
    column = twiddle16(column, powers, powers);
  }
  let z = dft16(column);
  let to = item * p.n + 16u * (j - k) + k;
  let d = p.done;
  let scale = vec2f(p.scale_re, p.scale_im);
  y[to] = scale * z[0];
  y[to + d] = scale * z[1];
  y[to + 2u * d] = scale * z[2];
  y[to + 3u * d] = scale * z[3];
  y[to + 4u * d] = scale * z[4];
  y[to + 5u * d] = scale * z[5];
  y[to + 6u * d] = scale * z[6];
  y[to + 7u * d] = scale * z[7];
  y[to + 8u * d] = scale * z[8];
  y[to + 9u * d] = scale * z[9];
  y[to + 10u * d] = scale * z[10];
  y[to + 11u * d] = scale * z[11];
  y[to + 12u * d] = scale * z[12];
  y[to + 13u * d] = scale * z[13];
  y[to + 14u * d] = scale * z[14];
  y[to + 15u * d] = scale * z[15];
}
