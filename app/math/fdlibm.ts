/**
 * log, exp, cos and sin from + - * / alone, so that they give the same bits on every engine. ECMAScript
 * leaves the last bit of Math.log and the like to the engine; data made with these does not depend on it.
 *
 * The algorithms and constants are those of fdlibm 5.3 (e_log.c, e_exp.c, k_cos.c, k_sin.c, e_rem_pio2.c);
 * the error is below 1 ulp. log and exp take every double. cos and sin take |x| <= 2^19 pi/2 = 823549.66..., the range in
 * which the argument can be reduced without the table of 2/pi.
 *
 * fdlibm: Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunSoft, a Sun
 * Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is freely
 * granted, provided that this notice is preserved.
 */

const LN2_HIGH = 6.931471803691238e-1; // 3fe62e42 fee00000
const LN2_LOW = 1.9082149292705877e-10; // 3dea39ef 35793c76
const TWO_54 = 2 ** 54;

const LG1 = 6.666666666666735e-1; // 3fe55555 55555593
const LG2 = 3.999999999940942e-1; // 3fd99999 9997fa04
const LG3 = 2.857142874366239e-1; // 3fd24924 94229359
const LG4 = 2.2222198432149784e-1; // 3fcc71c5 1d8e78af
const LG5 = 1.818357216161805e-1; // 3fc74664 96cb03de
const LG6 = 1.5313837699209373e-1; // 3fc39a09 d078c69f
const LG7 = 1.4798198605116586e-1; // 3fc2f112 df3e5244

const INV_LN2 = Math.LOG2E; // 3ff71547 652b82fe
const P1 = 1.6666666666666602e-1; // 3fc55555 5555553e
const P2 = -2.7777777777015593e-3; // bf66c16c 16bebd93
const P3 = 6.613756321437934e-5; // 3f11566a af25de2c
const P4 = -1.6533902205465252e-6; // bebbbd41 c5d26bf1
const P5 = 4.1381367970572385e-8; // 3e663769 72bea4d0

const C1 = 4.16666666666666e-2; // 3fa55555 5555554c
const C2 = -1.388888888887411e-3; // bf56c16c 16c15177
const C3 = 2.480158728947673e-5; // 3efa01a0 19cb1590
const C4 = -2.7557314351390663e-7; // be927e4f 809c52ad
const C5 = 2.087572321298175e-9; // 3e21ee9e bdb4b1c4
const C6 = -1.1359647557788195e-11; // bda8fae9 be8838d4

const S1 = -1.6666666666666632e-1; // bfc55555 55555549
const S2 = 8.33333333332249e-3; // 3f811111 1110f8a6
const S3 = -1.984126982985795e-4; // bf2a01a0 19c161d5
const S4 = 2.7557313707070068e-6; // 3ec71de3 57b1fe7d
const S5 = -2.5050760253406863e-8; // be5ae5e6 8a2b9ceb
const S6 = 1.58969099521155e-10; // 3de5d93a 5acfd57c

// pi/2 in pieces of 33 bits, each with its tail: PIO2_1 + PIO2_2 + PIO2_3 + PIO2_3T has 151 bits of it.
const INV_PIO2 = 6.366197723675814e-1; // 3fe45f30 6dc9c883
const PIO2_1 = 1.5707963267341256; // 3ff921fb 54400000
const PIO2_1T = 6.077100506506192e-11; // 3dd0b461 1a626331
const PIO2_2 = 6.077100506303966e-11; // 3dd0b461 1a600000
const PIO2_2T = 2.0222662487959506e-21; // 3ba3198a 2e037073
const PIO2_3 = 2.0222662487111665e-21; // 3ba3198a 2e000000
const PIO2_3T = 8.4784276603689e-32; // 397b839a 252049c1
const LARGEST = 2 ** 19 * (Math.PI / 2);

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0; // the byte order of this machine

function highWord(x: number): number {
  double[0] = x;
  return words[HIGH] | 0;
}

// High words of n pi/2: an argument that shares one is close to a multiple of pi/2 and loses digits.
const MULTIPLES = Int32Array.from({ length: 32 }, (_, n) => highWord(n * (Math.PI / 2)));

/** Natural logarithm. log(0) = -Infinity; NaN below zero. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  let k = 0;
  if (x < 2 ** -1022) {
    k = -54;
    x *= TWO_54;
  }
  // x = 2^k (1 + f), sqrt(1/2) < 1 + f < sqrt(2)
  let hx = highWord(x);
  k += (hx >> 20) - 1023;
  hx &= 0x000fffff;
  const carry = (hx + 0x95f64) & 0x100000;
  words[HIGH] = hx | (carry ^ 0x3ff00000);
  k += carry >> 20;
  const f = double[0] - 1;

  if ((0x000fffff & (2 + hx)) < 3) {
    if (f === 0) return k === 0 ? 0 : k * LN2_HIGH + k * LN2_LOW;
    const r = f * f * (0.5 - (1 / 3) * f);
    return k === 0 ? f - r : k * LN2_HIGH - (r - k * LN2_LOW - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (LG2 + w * (LG4 + w * LG6));
  const odd = z * (LG1 + w * (LG3 + w * (LG5 + w * LG7)));
  const r = odd + even;
  if (((hx - 0x6147a) | (0x6b851 - hx)) > 0) {
    const half = 0.5 * f * f;
    return k === 0 ? f - (half - s * (half + r)) : k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
  }
  return k === 0 ? f - s * (f - r) : k * LN2_HIGH - (s * (f - r) - k * LN2_LOW - f);
}

/** e^x. 0 and Infinity where the result leaves the doubles. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > 7.09782712893384e2) return Infinity;
  if (x < -7.451332191019412e2) return 0;
  const ix = highWord(x) & 0x7fffffff;
  if (ix < 0x3e300000) return 1 + x; // |x| < 2^-28
  // x = k ln 2 + high - low, |high - low| <= ln 2 / 2
  const k = ix > 0x3fd62e42 ? Math.trunc(INV_LN2 * x + (x < 0 ? -0.5 : 0.5)) : 0;
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k === 1024) return scaled(y, 1023) * 2;
  return k >= -1021 ? scaled(y, k) : scaled(y, k + 1000) * 2 ** -1000;
}

/** y 2^k, by adding to the exponent. */
function scaled(y: number, k: number): number {
  words[HIGH] = highWord(y) + (k << 20);
  return double[0];
}

/** cos(x) for |x| <= 2^19 pi/2; NaN for what is no finite number. */
export function cos(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  switch (reduce(x) & 3) {
    case 0:
      return cosKernel(head, tail);
    case 1:
      return -sinKernel(head, tail);
    case 2:
      return -cosKernel(head, tail);
    default:
      return sinKernel(head, tail);
  }
}

/** sin(x) for |x| <= 2^19 pi/2; NaN for what is no finite number. */
export function sin(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  switch (reduce(x) & 3) {
    case 0:
      return sinKernel(head, tail);
    case 1:
      return cosKernel(head, tail);
    case 2:
      return -sinKernel(head, tail);
    default:
      return -cosKernel(head, tail);
  }
}

/** cos(x + y) for |x| <= pi/4, y the tail of x. */
function cosKernel(x: number, y: number): number {
  const ix = highWord(x) & 0x7fffffff;
  if (ix < 0x3e400000) return 1; // |x| < 2^-27
  const z = x * x;
  const r = z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6)))));
  if (ix < 0x3fd33333) return 1 - (0.5 * z - (z * r - x * y));
  let quarter = 0.28125; // about |x|/4 with few bits, so that 1 - quarter is exact
  if (ix <= 0x3fe90000) {
    words[HIGH] = ix - 0x00200000;
    words[1 - HIGH] = 0;
    quarter = double[0];
  }
  return 1 - quarter - (0.5 * z - quarter - (z * r - x * y));
}

/** sin(x + y) for |x| <= pi/4, y the tail of x. */
function sinKernel(x: number, y: number): number {
  if ((highWord(x) & 0x7fffffff) < 0x3e400000) return x; // |x| < 2^-27
  const z = x * x;
  const v = z * x;
  const r = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)));
  return y === 0 ? x + v * (S1 + z * r) : x - (z * (0.5 * y - v * r) - y - v * S1);
}

// The result of reduce besides the quadrant. Module variables, because an array for each call would cost
// more than the arithmetic.
let head = 0;
let tail = 0;

/** Finds n and x - n pi/2 = head + tail with |head| <= pi/4. Returns n. */
function reduce(x: number): number {
  const ix = highWord(x) & 0x7fffffff;
  if (ix <= 0x3fe921fb) {
    head = x;
    tail = 0;
    return 0;
  }
  const magnitude = Math.abs(x);
  if (magnitude > LARGEST) throw new RangeError(`cos, sin: |${x}| is above 2^19 pi/2 = ${LARGEST}`);
  const n = Math.trunc(magnitude * INV_PIO2 + 0.5);
  let r = magnitude - n * PIO2_1;
  let w = n * PIO2_1T; // good to 85 bits
  head = r - w;
  if (n >= 32 || ix === MULTIPLES[n]) {
    const exponent = ix >> 20;
    if (exponent - ((highWord(head) >> 20) & 0x7ff) > 16) {
      let t = r;
      w = n * PIO2_2;
      r = t - w;
      w = n * PIO2_2T - (t - r - w);
      head = r - w; // good to 118 bits
      if (exponent - ((highWord(head) >> 20) & 0x7ff) > 49) {
        t = r;
        w = n * PIO2_3;
        r = t - w;
        w = n * PIO2_3T - (t - r - w);
        head = r - w; // good to 151 bits
      }
    }
  }
  tail = r - head - w;
  if (x > 0) return n;
  head = -head;
  tail = -tail;
  return -n;
}
