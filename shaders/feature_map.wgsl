// Random features of rows x (count x d) from their logits l = scale x W^T (count x r), h = scale^2 |x|^2 / 2:
//   KIND 0, positive:       f = exp(l - h - shift) / sqrt(r)                 count x r
//   KIND 1, its logarithm:  f = l - h - shift - log(r) / 2                   count x r
//   KIND 2, trigonometric:  f = exp(h) [sin l, cos l] / sqrt(r)              count x 2r
// shift: a number for each row (shift_step 1), one for all (0 with has_shift), or none.
//
// Choromanski et al. 2021, arXiv 2009.14794: products of positive or of trigonometric features are unbiased
// estimates of exp(scale^2 x.y). One invocation a row and sixteen features, no barrier.
// Work count (2 d r / 16 + 3 r) flop. Error bound: app/kernels/features.ts. Test: app/kernels/features.test.ts.
//! use sincos

struct Params {
  d: u32,
  r: u32,
  count: u32,
  has_shift: u32,
  shift_step: u32,
  scale: f32,
  group0: u32,
}

override KIND = 0u;

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> logits: array<f32>;
@group(0) @binding(3) var<storage, read> shift: array<f32>;
@group(0) @binding(4) var<storage, read_write> f: array<f32>;

@compute @workgroup_size(8, 8)
fn feature_map(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let row = (wid.y + p.group0) * 8u + lid.y;
  let first = (wid.x * 8u + lid.x) * 16u;
  if (row >= p.count || first >= p.r) {
    return;
  }
  var squares = vec4f();
  for (var c = 0u; c < p.d; c += 4u) {
    for (var j = 0u; j < min(4u, p.d - c); j++) {
      let value = x[row * p.d + c + j];
      squares[j] += value * value;
    }
  }
  let h = 0.5 * p.scale * p.scale * ((squares.x + squares.y) + (squares.z + squares.w));
  var add = 0.0;
  if (p.has_shift != 0u) {
    add = shift[row * p.shift_step];
  }
  let size = 1.0 / sqrt(f32(p.r));
  for (var g = first; g < min(p.r, first + 16u); g += 4u) {
    let cols = min(vec4u(g, g + 1u, g + 2u, g + 3u), vec4u(p.r - 1u));
    let i = row * p.r + cols;
    let l = vec4f(logits[i.x], logits[i.y], logits[i.z], logits[i.w]);
    var near = l - h - add;
    var far = vec4f();
    if (KIND == 0u) {
      near = exp(near) * size;
    } else if (KIND == 1u) {
      near -= 0.5 * log(f32(p.r));
    } else {
      let both = sine_cosine(l);
      near = exp(h) * size * both[0];
      far = exp(h) * size * both[1];
    }
    for (var j = 0u; j < min(4u, p.r - g); j++) {
      if (KIND == 2u) {
        f[row * 2u * p.r + g + j] = near[j];
        f[row * 2u * p.r + p.r + g + j] = far[j];
      } else {
        f[row * p.r + g + j] = near[j];
      }
    }
  }
}
