// Reductions of four lanes at a time. OP: 0 sum, 1 largest, 2 smallest, 3 sum of squares, 4 log of the sum of
// exponentials, 5 place of the largest, 6 place of the smallest. Of equal entries the first one counts.

override OP = 0u;

struct Fold {
  value: vec4f,
  // OP 4: sums of exponentials relative to `value`.
  sum: vec4f,
  // OP 5 and 6: where `value` was found.
  place: vec4u,
}

const LOWEST = -3.4e38;

// What changes no result, OP by OP.
fn neutral() -> f32 {
  if (OP == 1u || OP == 4u || OP == 5u) {
    return LOWEST;
  }
  return select(0.0, -LOWEST, OP == 2u || OP == 6u);
}

fn fold_start() -> Fold {
  return Fold(vec4f(neutral()), vec4f(), vec4u(0xffffffffu));
}

// `f` with the entries x, of which the lane j has place `place`[j].
fn fold_in(f: Fold, x: vec4f, place: vec4u) -> Fold {
  if (OP == 0u) {
    return Fold(f.value + x, f.sum, f.place);
  }
  if (OP == 1u) {
    return Fold(max(f.value, x), f.sum, f.place);
  }
  if (OP == 2u) {
    return Fold(min(f.value, x), f.sum, f.place);
  }
  if (OP == 3u) {
    return Fold(f.value + x * x, f.sum, f.place);
  }
  if (OP == 4u) {
    let top = max(f.value, x);
    return Fold(top, f.sum * exp(f.value - top) + select(exp(x - top), vec4f(), x == vec4f(LOWEST)), f.place);
  }
  let better = select((x < f.value), (x > f.value), OP == 5u) | (f.place == vec4u(0xffffffffu));
  return Fold(select(f.value, x, better), f.sum, select(f.place, place, better));
}

struct Folded {
  value: f32,
  place: u32,
}

fn joined(a: Folded, b: Folded) -> Folded {
  let better = select((b.value < a.value), (b.value > a.value), OP == 5u);
  if (better || (b.value == a.value && b.place < a.place)) {
    return b;
  }
  return a;
}

// The four lanes joined.
fn fold_lanes(f: Fold) -> Folded {
  let v = f.value;
  if (OP == 0u || OP == 3u) {
    return Folded((v.x + v.y) + (v.z + v.w), 0u);
  }
  if (OP == 1u) {
    return Folded(max(max(v.x, v.y), max(v.z, v.w)), 0u);
  }
  if (OP == 2u) {
    return Folded(min(min(v.x, v.y), min(v.z, v.w)), 0u);
  }
  if (OP == 4u) {
    let top = max(max(v.x, v.y), max(v.z, v.w));
    let s = f.sum * exp(v - top);
    return Folded(top + log((s.x + s.y) + (s.z + s.w)), 0u);
  }
  let near = joined(Folded(v.x, f.place.x), Folded(v.y, f.place.y));
  return joined(near, joined(Folded(v.z, f.place.z), Folded(v.w, f.place.w)));
}
