// x_t = A x_{t-1} + f_t for first <= t < last, step by step; x_{-1} = 0.
//   at: n x n, the transpose of A    f: steps x n    x: steps x n
//
// One workgroup, one state an invocation: the state stands twice in workgroup memory, read on one side while the
// other is written, so that one barrier a step suffices. n <= SIZE <= 256. Long runs come as several dispatches.
// Work 2 n^2 flop a step, all of them one after the other: this is the baseline that the other forms beat.
// Error: ||e_t|| <= ||A|| ||e_{t-1}|| + (n + 2) 2^-24 (||A||_F ||x_{t-1}|| + ||f_t||).
// Test: app/kernels/recurrence.test.ts.

override SIZE: u32 = 64;

struct Params {
  n: u32,
  first: u32,
  last: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> at: array<f32>;
@group(0) @binding(2) var<storage, read> f: array<f32>;
@group(0) @binding(3) var<storage, read_write> x: array<f32>;

var<workgroup> state: array<f32, 512>;

@compute @workgroup_size(SIZE)
fn dense_recurrence(@builtin(local_invocation_id) lid: vec3u) {
  let i = lid.x;
  let mine = min(i, p.n - 1u);
  if (p.first > 0u) {
    state[i] = x[(p.first - 1u) * p.n + mine];
  } else {
    state[i] = 0.0;
  }
  workgroupBarrier();
  var side = 0u;
  for (var t = p.first; t < p.last; t++) {
    var sum = f[t * p.n + mine];
    for (var j = 0u; j < p.n; j++) {
      sum += at[j * p.n + mine] * state[side + j];
    }
    side = 256u - side;
    state[side + i] = sum;
    if (i < p.n) {
      x[t * p.n + i] = sum;
    }
    workgroupBarrier();
  }
}
