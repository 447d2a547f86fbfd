// Threefry-2x32 with 20 rounds (Salmon et al. 2011): a counter and a key give two random words. The same
// bits as app/math/threefry.ts; known answers in app/kernels/random.test.ts.

fn threefry_round(x: vec2u, turn: u32) -> vec2u {
  let sum = x.x + x.y;
  return vec2u(sum, ((x.y << turn) | (x.y >> (32u - turn))) ^ sum);
}

fn threefry(key: vec2u, counter: vec2u) -> vec2u {
  let k2 = 0x1BD11BDAu ^ key.x ^ key.y;
  var keys = array<u32, 3>(key.x, key.y, k2);
  var even = array<u32, 4>(13u, 15u, 26u, 6u);
  var odd = array<u32, 4>(17u, 29u, 16u, 24u);
  var x = counter + key;
  for (var block = 0u; block < 5u; block++) {
    for (var i = 0u; i < 4u; i++) {
      x = threefry_round(x, select(odd[i], even[i], (block & 1u) == 0u));
    }
    x += vec2u(keys[(block + 1u) % 3u], keys[(block + 2u) % 3u] + block + 1u);
  }
  return x;
}
