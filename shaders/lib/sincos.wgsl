// Sine and cosine to about 2^-23 absolute for |x| up to 8000: WGSL promises 2^-11 only, and only up to pi.
// Reduction by multiples of pi / 2 in three parts (Cody, Waite 1980), then the polynomials of Cephes (Moshier).

fn sine_cosine(x: vec4f) -> array<vec4f, 2> {
  let turns = round(x * 0.63661977);
  let t = ((x - turns * 1.5703125) - turns * 4.8375130e-4) - turns * 7.5497900e-8;
  let t2 = t * t;
  let s = t + t * t2 * (-1.6666655e-1 + t2 * (8.3321609e-3 + t2 * -1.9515296e-4));
  let c = (1.0 - 0.5 * t2) + t2 * t2 * (4.1666646e-2 + t2 * (-1.3887316e-3 + t2 * 2.4433157e-5));
  let quarter = vec4i(turns) & vec4i(3);
  let swapped = (quarter & vec4i(1)) == vec4i(1);
  let sine = select(s, c, swapped);
  let cosine = select(c, s, swapped);
  return array(
    select(sine, -sine, quarter >= vec4i(2)),
    select(cosine, -cosine, (quarter == vec4i(1)) | (quarter == vec4i(2))),
  );
}
