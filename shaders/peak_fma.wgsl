// The arithmetic peak: eight independent chains of vec4 multiply-adds an invocation, in registers, no memory
// traffic but one store. 64 * steps flop an invocation; steps is a multiple of four. The factor keeps every chain bounded.

struct Params {
  steps: u32,
  factor: f32,
  count: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> c: array<f32>;

@compute @workgroup_size(64)
fn peak_fma(@builtin(global_invocation_id) id: vec3u) {
  let f = vec4f(p.factor);
  let g = vec4f(0.25, 0.5, 0.75, 1.0);
  var x0 = vec4f(f32(id.x));
  var x1 = x0 + 1.0;
  var x2 = x0 + 2.0;
  var x3 = x0 + 3.0;
  var x4 = x0 + 4.0;
  var x5 = x0 + 5.0;
  var x6 = x0 + 6.0;
  var x7 = x0 + 7.0;
  // Four steps a turn: what a turn costs by itself is not arithmetic.
  for (var i = 0u; i < p.steps; i += 4u) {
    x0 = fma(x0, f, g);
    x1 = fma(x1, f, g);
    x2 = fma(x2, f, g);
    x3 = fma(x3, f, g);
    x4 = fma(x4, f, g);
    x5 = fma(x5, f, g);
    x6 = fma(x6, f, g);
    x7 = fma(x7, f, g);
    x0 = fma(x0, f, g);
    x1 = fma(x1, f, g);
    x2 = fma(x2, f, g);
    x3 = fma(x3, f, g);
    x4 = fma(x4, f, g);
    x5 = fma(x5, f, g);
    x6 = fma(x6, f, g);
    x7 = fma(x7, f, g);
    x0 = fma(x0, f, g);
    x1 = fma(x1, f, g);
    x2 = fma(x2, f, g);
    x3 = fma(x3, f, g);
    x4 = fma(x4, f, g);
    x5 = fma(x5, f, g);
    x6 = fma(x6, f, g);
    x7 = fma(x7, f, g);
    x0 = fma(x0, f, g);
    x1 = fma(x1, f, g);
    x2 = fma(x2, f, g);
    x3 = fma(x3, f, g);
    x4 = fma(x4, f, g);
    x5 = fma(x5, f, g);
    x6 = fma(x6, f, g);
    x7 = fma(x7, f, g);
  }
  // Every chain and every component is used, or the compiler would drop them.
  let sum = x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7;
  if (id.x < p.count) {
    c[id.x] = dot(sum, vec4f(1.0));
  }
}
